"""What is the same in every message goes into templates when they are compiled: what they read of the shop, and what follows from that alone."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, cast

from jinja2 import Environment, nodes
from jinja2.optimizer import Optimizer
from jinja2.visitor import NodeTransformer

WRITTEN = (str, bool, int, float)
"""Types whose values can stand in code."""
GIVEN = r"""\{%(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|(?!%\})[^"'])*?\bNAME\b(?!\s*[.\[])"""
"""A statement that names NAME otherwise than to read an attribute: it may give that name to something else."""


def never_given(fixed: Mapping[str, Any], texts: Sequence[str]) -> dict[str, Any]:
    """Return those of *fixed* whose names none of the templates gives to something else, which what it includes would see."""
    return {name: value for name, value in fixed.items() if not any(re.search(GIVEN.replace("NAME", name), text) for text in texts)}


def folded(tree: nodes.Template, environment: Environment, name: str | None, fixed: Mapping[str, Any]) -> nodes.Template:
    """Return *tree* with the attributes of *fixed* values, names set to constants and branches that are never or always taken worked out."""
    named = Counter(target for node in tree.find_all(nodes.Node) for target in _named(node))
    folding = _Folding(environment, name, fixed)
    body: list[nodes.Node] = []
    for statement in tree.body:
        body += folding.visit_list(statement)
        match statement:
            case nodes.Assign(target=nodes.Name(name=target), node=nodes.Const() as constant) if named[target] == 1 and type(constant.value) in WRITTEN:
                folding.constants[target] = constant
    tree.body[:] = body
    return tree


class _Folding(NodeTransformer):
    def __init__(self, environment: Environment, name: str | None, fixed: Mapping[str, Any]) -> None:
        self._environment, self._fixed = environment, fixed
        self._optimizer, self._context = Optimizer(environment), nodes.EvalContext(environment, name)
        self.constants: dict[str, nodes.Const] = {}

    def visit_Getattr(self, node: nodes.Getattr) -> nodes.Node:
        match node:
            case nodes.Getattr(node=nodes.Name(name=name), attr=attribute) if name in self._fixed:
                value = self._environment.getattr(self._fixed[name], attribute)
                return nodes.Const(value, lineno=node.lineno, environment=node.environment) if type(value) in WRITTEN else node
        return self.generic_visit(node)

    def visit_Name(self, node: nodes.Name) -> nodes.Node:
        return self.constants.get(node.name, node) if node.ctx == "load" else node

    def visit_Block(self, node: nodes.Block) -> nodes.Node:
        """Names set outside a block may be others where a template that extends this one sets them."""
        constants, self.constants = self.constants, {}
        self.generic_visit(node)
        self.constants = constants
        return node

    def visit_Assign(self, node: nodes.Assign) -> nodes.Node:
        self.generic_visit(node)
        node.node = cast("nodes.Expr", self._worked_out(node.node))
        return node

    def visit_If(self, node: nodes.If) -> nodes.Node | list[nodes.Node]:
        """An `elif` stays one, and so does what holds blocks: these can be called from anywhere."""
        others, node.elif_ = [cast("nodes.If", self.generic_visit(other)) for other in node.elif_], []
        self.generic_visit(node)
        node.elif_ = others
        test = self._worked_out(node.test)
        if not isinstance(test, nodes.Const) or others or node.find(nodes.Block):
            return node
        return node.body if test.value else node.else_

    def _worked_out(self, node: nodes.Node) -> nodes.Node:
        worked_out: nodes.Node = self._optimizer.visit(node, self._context)
        return worked_out if isinstance(worked_out, nodes.Const) and type(worked_out.value) in WRITTEN else node


def _named(node: nodes.Node) -> list[str]:
    """Return the names that a node gives to something."""
    match node:
        case nodes.Name(name=name, ctx="store" | "param") | nodes.Macro(name=name) | nodes.NSRef(name=name) | nodes.Import(target=name):
            return [name]
        case nodes.FromImport(names=names):
            return [name if isinstance(name, str) else name[1] for name in names]
        case _:
            return []
