"""What a template does with values that may be empty: which it would print, or read further, without a way out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from jinja2 import nodes

from pipelines.errors import Problem, nearest
from pipelines.messages.shapes import UNKNOWN, Shape, attribute

Paths = frozenset[str]
Guards = tuple[Paths, Paths]
"""What is not empty where a test holds, and where it does not."""
NONE: Paths = frozenset()
PARAMETER = "parameter:"


@dataclass(frozen=True)
class Need:
    """A value that must not be empty: as it is `typed`, and what it is `of` in data."""

    of: str
    typed: str
    file: str
    line: int


@dataclass(frozen=True)
class Macro:
    """The parameters of a macro by name, and which of them it cannot bear empty."""

    names: tuple[str, ...]
    needed: Paths


Macros = Mapping[str, Mapping[str, Macro]]
"""The macros of each template that others import, by template."""


@dataclass
class Reading:
    """What one template needs, and the attributes it names that nothing has."""

    file: str
    imported: Macros
    needs: list[Need] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    macros: dict[str, Macro] = field(default_factory=dict)


def read(tree: nodes.Template, file: str, variables: Mapping[str, Shape], macros: Macros) -> Reading:
    """Read a template whose *variables* have these shapes."""
    reading = Reading(file, macros)
    _Walk(reading, dict(variables), {}).body(tree.body, NONE)
    return reading


@dataclass
class _Walk:
    """Goes through statements in order; `shapes` are the names known so far, `aliases` the templates imported under a name."""

    reading: Reading
    shapes: dict[str, Shape]
    aliases: dict[str, str]

    def body(self, statements: Sequence[nodes.Node], safe: Paths) -> None:
        for statement in statements:
            self.statement(statement, safe)

    def statement(self, node: nodes.Node, safe: Paths) -> None:
        match node:
            case nodes.Output(nodes=parts):
                for part in parts:
                    self.printed(part, safe)
            case nodes.If(test=test, body=body, elif_=others, else_=otherwise):
                ways: list[tuple[nodes.Node, list[nodes.Node]]] = [(test, body), *((each.test, each.body) for each in others)]
                self.choice(ways, otherwise, safe)
            case nodes.For():
                self.loop(node, safe)
            case nodes.Assign(target=nodes.Name(name=name), node=value):
                self.read(value, safe)
                self.shapes[name] = self.value(value, safe)
            case nodes.Macro():
                self.macro(node)
            case nodes.Import(template=nodes.Const(value=str(template)), target=str(name)):
                self.aliases[name] = template
            case nodes.Block(body=body) | nodes.FilterBlock(body=body) | nodes.Scope(body=body) | nodes.With(body=body) | nodes.CallBlock(body=body):
                self.body(body, safe)
            case _:
                pass

    def choice(self, ways: Sequence[tuple[nodes.Node, list[nodes.Node]]], otherwise: list[nodes.Node], safe: Paths) -> None:
        for test, body in ways:
            self.read(test, safe)
            holds, fails = guards(test)
            self.body(body, safe | holds)
            safe = safe | fails
        self.body(otherwise, safe)

    def loop(self, node: nodes.For, safe: Paths) -> None:
        self.read(node.iter, safe)
        for empty in self.empties(node.iter, safe):
            self.need(empty)
        inside = _Walk(self.reading, dict(self.shapes), self.aliases)
        if isinstance(node.target, nodes.Name):
            inside.shapes[node.target.name] = self.value(node.iter, safe).items or UNKNOWN
        if node.test:
            inside.read(node.test, safe)
        inside.body(node.body, safe | (guards(node.test)[0] if node.test else NONE))
        self.body(node.else_, safe)

    def macro(self, node: nodes.Macro) -> None:
        names = tuple(argument.name for argument in node.args)
        own = Reading(self.reading.file, self.reading.imported, macros=self.reading.macros)
        shapes = self.shapes | {name: Shape(PARAMETER + name, may_be_empty=True) for name in names}
        _Walk(own, shapes, self.aliases).body(node.body, NONE)
        self.reading.macros[node.name] = Macro(names, frozenset(need.of.removeprefix(PARAMETER) for need in own.needs if need.of.startswith(PARAMETER)))
        self.reading.needs += [need for need in own.needs if not need.of.startswith(PARAMETER)]
        self.reading.problems += own.problems

    def printed(self, node: nodes.Node, safe: Paths) -> None:
        if not isinstance(node, nodes.TemplateData):
            self.read(node, safe)
            for value in self.empties(node, safe):
                self.need(value)

    def need(self, value: nodes.Node) -> None:
        self.reading.needs.append(Need(self.shape(value).of, typed(value), self.reading.file, value.lineno))

    def empties(self, node: nodes.Node, safe: Paths) -> Iterator[nodes.Node]:
        """Yield the values that come out of an expression and may be empty there."""
        match node:
            case nodes.Name() | nodes.Getattr() | nodes.Getitem():
                if self.shape(node).may_be_empty and typed(node) not in safe:
                    yield node
            case nodes.Or(right=right, left=left):
                yield from self.empties(right, safe | guards(left)[1])
            case nodes.And(left=left, right=right):
                yield from self.empties(left, safe)
                yield from self.empties(right, safe | guards(left)[0])
            case nodes.CondExpr(test=test, expr1=yes, expr2=no):
                yield from self.empties(yes, safe | guards(test)[0])
                yield from self.empties(no, safe | guards(test)[1]) if no else ()
            case nodes.Filter(name="default" | "d", args=args):
                yield from (value for other in args for value in self.empties(other, safe))
            case nodes.Filter() | nodes.Concat() | nodes.BinExpr() | nodes.UnaryExpr() if not isinstance(node, nodes.Not):
                yield from (value for part in node.iter_child_nodes() for value in self.empties(part, safe))
            case nodes.Call():
                yield from (value for given in self.needed_by(node) for value in self.empties(given, safe))
            case _:
                pass

    def needed_by(self, call: nodes.Call) -> list[nodes.Node]:
        """Return what is handed to a macro that cannot bear it empty."""
        match call.node:
            case nodes.Getattr(node=nodes.Name(name=alias), attr=name):
                macro = self.reading.imported.get(self.aliases.get(alias, ""), {}).get(name)
            case nodes.Name(name=name):
                macro = self.reading.macros.get(name)
            case _:
                macro = None
        if macro is None:
            return []
        given: list[tuple[str, nodes.Node]] = [*zip(macro.names, call.args, strict=False), *((each.key, each.value) for each in call.kwargs)]
        return [value for name, value in given if name in macro.needed]

    def read(self, node: nodes.Node, safe: Paths) -> None:
        """Note what an expression reads further though it may be empty, and attributes that are not there."""
        match node:
            case nodes.And(left=left, right=right):
                self.read(left, safe)
                self.read(right, safe | guards(left)[0])
            case nodes.Or(left=left, right=right):
                self.read(left, safe)
                self.read(right, safe | guards(left)[1])
            case nodes.CondExpr(test=test, expr1=yes, expr2=no):
                self.read(test, safe)
                self.read(yes, safe | guards(test)[0])
                if no:
                    self.read(no, safe | guards(test)[1])
            case nodes.Getattr(node=owner, attr=name):
                self.read(owner, safe)
                self.attribute(owner, name, node.lineno, safe)
            case _:
                for part in node.iter_child_nodes():
                    self.read(part, safe)

    def attribute(self, owner: nodes.Node, name: str, line: int, safe: Paths) -> None:
        shape = self.shape(owner)
        if attribute(shape, name) is None and shape.fields is not None:
            hint = nearest(name, shape.fields) or f"`{typed(owner)}` has {', '.join(sorted(shape.fields)) or 'nothing'}"
            self.reading.problems.append(Problem(self.reading.file, line, f"`{typed(owner)}` has no `{name}`", hint))
        elif shape.may_be_empty and shape.of and typed(owner) not in safe:
            self.need(owner)

    def value(self, node: nodes.Node, safe: Paths) -> Shape:
        """Return what a name given to an expression stands for."""
        if isinstance(node, nodes.Name | nodes.Getattr | nodes.Getitem):
            shape = self.shape(node)
            return Shape(shape.of, shape.fields, shape.items, shape.may_be_empty and typed(node) not in safe)
        empty = next(self.empties(node, safe), None)
        return Shape(self.shape(empty).of, may_be_empty=True) if empty else UNKNOWN

    def shape(self, node: nodes.Node) -> Shape:
        match node:
            case nodes.Name(name=name):
                return self.shapes.get(name, UNKNOWN)
            case nodes.Getattr(node=owner, attr=name) | nodes.Getitem(node=owner, arg=nodes.Const(value=str(name))):
                return attribute(self.shape(owner), name) or UNKNOWN
            case nodes.Getitem(node=owner):
                return self.shape(owner).items or UNKNOWN
            case _:
                return UNKNOWN


def typed(node: nodes.Node) -> str:
    """Return a name with its attributes as its author typed them; nothing for another expression."""
    match node:
        case nodes.Name(name=name):
            return name
        case nodes.Getattr(node=owner, attr=name) | nodes.Getitem(node=owner, arg=nodes.Const(value=str(name))):
            return f"{typed(owner)}.{name}"
        case nodes.Getitem(node=owner, arg=nodes.Const(value=place)):
            return f"{typed(owner)}[{place}]"
        case _:
            return ""


def guards(test: nodes.Node) -> Guards:
    """Return what is not empty where *test* holds, and what where it fails."""
    match test:
        case nodes.Name() | nodes.Getattr() | nodes.Getitem():
            return frozenset({typed(test)}), NONE
        case nodes.Not(node=node):
            holds, fails = guards(node)
            return fails, holds
        case nodes.And(left=left, right=right):
            (yes, no), (also_yes, also_no) = guards(left), guards(right)
            return yes | also_yes, no & also_no
        case nodes.Or(left=left, right=right):
            (yes, no), (also_yes, also_no) = guards(left), guards(right)
            return yes & also_yes, no | also_no
        case nodes.Test(node=node, name="none"):
            return NONE, frozenset({typed(node)})
        case nodes.Test(node=node):
            return frozenset({typed(node)}), NONE
        case nodes.Compare(expr=expr, ops=[nodes.Operand(op=op, expr=other)]) if op != "ne" and other != nodes.Const(None):
            return frozenset({typed(expr)}), NONE
        case nodes.Compare(expr=expr, ops=[nodes.Operand(op="ne", expr=nodes.Const(value=None))]):
            return frozenset({typed(expr)}), NONE
        case nodes.Filter(node=nodes.Node() as node, name="length" | "trim"):
            return guards(node)
        case _:
            return NONE, NONE
