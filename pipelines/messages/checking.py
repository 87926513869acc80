"""What can be said against a template before it meets any data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from jinja2 import Environment, TemplateSyntaxError, meta, nodes
from jinja2.utils import _PassArg

from pipelines.errors import Problem, nearest
from pipelines.messages import data
from pipelines.messages.environment import Source
from pipelines.messages.mjml import SUFFIX
from pipelines.messages.reading import Macro, Macros, Need, read
from pipelines.messages.shapes import Shape

USING = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)


@dataclass(frozen=True)
class Known:
    """
    What a template may speak of: variables, the shapes of those known, segments (None: not looked at), the macros of other templates.

    `unnamed` are the variables among them that stand for pages which the settings do not name.
    """

    names: frozenset[str]
    shapes: Mapping[str, Shape]
    segments: frozenset[str] | None
    macros: Macros
    unnamed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Checked:
    """
    The outcome for one piece of a template: problems, or what it speaks of, needs not to be empty, and which templates it uses.

    It `stands_alone` where its variables are all that it depends on: no other template, and no filter that looks at the contact's language, say.
    """

    problems: tuple[Problem, ...] = ()
    variables: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    needs: tuple[Need, ...] = ()
    uses: frozenset[str] = frozenset()
    macros: Mapping[str, Macro] = field(default_factory=dict)
    stands_alone: bool = False


def check(environment: Environment, name: str, source: Source, known: Known) -> Checked:
    """Compile the template *name* in its environment and look for names that nothing will ever fill."""
    try:
        environment.get_template(name)
        tree = environment.parse(source.text, name, source.file)
    except TemplateSyntaxError as error:
        return Checked((Problem(source.file, error.lineno, _lowered(error.message), _syntax_hint(error.message, environment)),))
    variables = frozenset(meta.find_undeclared_variables(tree)) - frozenset(_named_at_top(tree))
    segments = dict(_segments(tree))
    reading = read(tree, source.file, known.shapes, known.macros)
    problems = [*_unknown_names(tree, variables, source.file, known), *dict.fromkeys(reading.problems)]
    problems += [*_unknown_templates(tree, environment, source.file), *_other_markup(tree, source.file)]
    problems += [
        Problem(source.file, line, f"unknown segment `{segment}`", nearest(segment, known.segments))
        for segment, line in segments.items()
        if known.segments is not None and segment not in known.segments
    ]
    uses = frozenset(name for _, name in _used(tree))
    return Checked(tuple(problems), variables, frozenset(segments), tuple(reading.needs), uses, reading.macros, _stands_alone(tree, environment))


def _stands_alone(tree: nodes.Template, environment: Environment) -> bool:
    filters = [environment.filters[node.name] for node in tree.find_all(nodes.Filter) if node.name in environment.filters]
    return not any(tree.find_all(USING)) and not any(_PassArg.from_obj(each) is _PassArg.context for each in filters)


def _named_at_top(tree: nodes.Template) -> Iterator[str]:
    """Yield what a template names itself outside its blocks: jinja lets blocks see it, though it does not count it as declared there."""
    for node in tree.body:
        match node:
            case nodes.Import(target=str(name)) | nodes.Macro(name=str(name)):
                yield name
            case nodes.FromImport(names=names):
                yield from (name if isinstance(name, str) else name[1] for name in names)
            case nodes.Assign() | nodes.AssignBlock():
                yield from (name.name for name in node.target.find_all(nodes.Name))
                yield from [node.target.name] if isinstance(node.target, nodes.Name) else []


def _unknown_names(tree: nodes.Template, variables: frozenset[str], file: str, known: Known) -> Iterator[Problem]:
    for name in sorted(variables - known.names):
        line = min((node.lineno for node in tree.find_all(nodes.Name) if node.name == name), default=1)
        beside = f"write {data.NAME} beside the template: what it selects is `data.<column>`" if name == data.VARIABLE else ""
        hint = beside or nearest(name, known.names) or f"there are {', '.join(sorted(known.names))}"
        yield Problem(file, line, f"unknown variable `{name}`", hint)
    for name in sorted(variables & known.unnamed):
        line = min(node.lineno for node in tree.find_all(nodes.Name) if node.name == name)
        yield Problem(file, line, f"`{name}` leads to a page that the settings do not name", f'write `{name} = "https://…"` under [shop] in relance.toml')


def _unknown_templates(tree: nodes.Template, environment: Environment, file: str) -> Iterator[Problem]:
    names = environment.list_templates()
    for line, wanted in _used(tree):
        if wanted not in names:
            yield Problem(file, line, f"there is no template `{wanted}`", nearest(wanted, names))


def _other_markup(tree: nodes.Template, file: str) -> Iterator[Problem]:
    """Yield where HTML holds MJML, which would go out as it is; and MJML that extends HTML, where it could only stand in HTML."""
    for line, wanted in _used(tree):
        if wanted.endswith(SUFFIX) and not file.endswith(SUFFIX):
            yield Problem(file, line, f"`{wanted}` is MJML, and this is not", f"end the name of this file with `{SUFFIX}`, or use a template in HTML")
    for node in tree.find_all(nodes.Extends):
        if file.endswith(SUFFIX) and isinstance(node.template, nodes.Const) and not node.template.value.endswith(SUFFIX):
            hint = f"extend a layout whose name ends with `{SUFFIX}`, or include pieces in HTML inside `mj-text`"
            yield Problem(file, node.lineno, f"`{node.template.value}` is HTML, and this is MJML", hint)


def _used(tree: nodes.Template) -> Iterator[tuple[int, str]]:
    """Yield the templates that *tree* extends, includes or imports from, each with its line."""
    for node in tree.find_all(USING):
        match node:
            case nodes.Extends(template=nodes.Const(value=str(wanted))) | nodes.Include(template=nodes.Const(value=str(wanted))):
                yield node.lineno, wanted
            case nodes.Import(template=nodes.Const(value=str(wanted))) | nodes.FromImport(template=nodes.Const(value=str(wanted))):
                yield node.lineno, wanted
            case _:
                pass


def _segments(tree: nodes.Template) -> Iterator[tuple[str, int]]:
    for node in tree.find_all(nodes.Call):
        if isinstance(node.node, nodes.Name) and node.node.name == "in_segment" and node.args and isinstance(node.args[0], nodes.Const):
            yield str(node.args[0].value), node.lineno


def _lowered(text: str | None) -> str:
    return (text[0].lower() + text[1:]).rstrip(".") if text else "cannot be read"


def _syntax_hint(text: str | None, environment: Environment) -> str:
    words = (text or "").split("'")
    return nearest(words[1], environment.filters) if "filter named" in words[0] else ""
