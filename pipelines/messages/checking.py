"""What can be said against a template before it meets any data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jinja2 import Environment, TemplateSyntaxError, meta, nodes

from pipelines.errors import Problem, nearest
from pipelines.messages import data
from pipelines.messages.environment import Source


@dataclass(frozen=True)
class Known:
    """What a template may speak of: variables, the attributes of those of a fixed shape, and segments (None: not looked at)."""

    names: frozenset[str]
    fields: Mapping[str, frozenset[str]]
    segments: frozenset[str] | None


@dataclass(frozen=True)
class Checked:
    """The outcome for one piece of a template: problems, or what it speaks of."""

    problems: tuple[Problem, ...] = ()
    variables: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()


def check(environment: Environment, name: str, source: Source, known: Known) -> Checked:
    """Compile the template *name* in its environment and look for names that nothing will ever fill."""
    try:
        environment.get_template(name)
        tree = environment.parse(source.text, name, source.file)
    except TemplateSyntaxError as error:
        return Checked((Problem(source.file, error.lineno, _lowered(error.message), _syntax_hint(error.message, environment)),))
    variables = frozenset(meta.find_undeclared_variables(tree)) - frozenset(_named_at_top(tree))
    segments = dict(_segments(tree))
    problems = [*_unknown_names(tree, variables, source.file, known), *_unknown_fields(tree, variables, source.file, known)]
    problems += _unknown_templates(tree, environment, source.file)
    problems += [
        Problem(source.file, line, f"unknown segment `{segment}`", nearest(segment, known.segments))
        for segment, line in segments.items()
        if known.segments is not None and segment not in known.segments
    ]
    return Checked(tuple(problems), variables, frozenset(segments))


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


def _unknown_fields(tree: nodes.Template, variables: frozenset[str], file: str, known: Known) -> Iterator[Problem]:
    """Look at `contact.something` where `contact` is the context's own, not a name the template gave to something else."""
    given = {node.name for node in tree.find_all(nodes.Name) if node.ctx in ("store", "param")}
    owners = (variables & known.fields.keys()) - given
    for node in tree.find_all(nodes.Getattr):
        if isinstance(node.node, nodes.Name) and (owner := node.node.name) in owners and node.attr not in known.fields[owner]:
            hint = nearest(node.attr, known.fields[owner]) or f"`{owner}` has {', '.join(sorted(known.fields[owner])) or 'nothing'}"
            yield Problem(file, node.lineno, f"`{owner}` has no `{node.attr}`", hint)


def _unknown_templates(tree: nodes.Template, environment: Environment, file: str) -> Iterator[Problem]:
    names = environment.list_templates()
    for node in tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
        match node:
            case nodes.Extends(template=nodes.Const(value=str(wanted))) | nodes.Include(template=nodes.Const(value=str(wanted))) if wanted not in names:
                yield Problem(file, node.lineno, f"there is no template `{wanted}`", nearest(wanted, names))
            case nodes.Import(template=nodes.Const(value=str(wanted))) | nodes.FromImport(template=nodes.Const(value=str(wanted))) if wanted not in names:
                yield Problem(file, node.lineno, f"there is no template `{wanted}`", nearest(wanted, names))


def _segments(tree: nodes.Template) -> Iterator[tuple[str, int]]:
    for node in tree.find_all(nodes.Call):
        if isinstance(node.node, nodes.Name) and node.node.name == "in_segment" and node.args and isinstance(node.args[0], nodes.Const):
            yield str(node.args[0].value), node.lineno


def _lowered(text: str | None) -> str:
    return (text[0].lower() + text[1:]).rstrip(".") if text else "cannot be read"


def _syntax_hint(text: str | None, environment: Environment) -> str:
    words = (text or "").split("'")
    return nearest(words[1], environment.filters) if "filter named" in words[0] else ""
