"""Where the source of a module can be changed by one step, and the module so changed."""

import ast
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from typing import Final

# What says nothing about behaviour: types, decorators, imports, names of codes.
_SILENT: Final = frozenset({"annotation", "returns", "decorator_list", "bases", "type_params"})
_COMPARED: Final[dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_SWAPPED: Final = {"any": "all", "all": "any", "min": "max", "max": "min"}

_Node = ast.expr | ast.stmt
_Put = Callable[[ast.AST], None]
_Change = tuple[_Put, _Node, _Node]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One change of one module: the how-manieth of it, where it stands, and what it makes of what."""

    number: int
    line: int
    before: str
    after: str


def places(source: str) -> list[Place]:
    """Every change that can be made, in the order of the text; the same text has the same places."""
    return [
        Place(number=number, line=node.lineno, before=_words(node), after=_words(other))
        for number, (_, node, other) in enumerate(_changes(ast.parse(source)))
    ]


def changed_at(source: str, number: int) -> ast.Module:
    """The module with that one change made; what is not changed keeps its lines."""
    tree = ast.parse(source)
    put, node, other = list(_changes(tree))[number]
    put(ast.copy_location(other, node))
    return ast.fix_missing_locations(tree)


def _words(node: ast.AST) -> str:
    """The change in one line; of a branch, its condition."""
    words = f"if {ast.unparse(node.test)}" if isinstance(node, ast.If) else ast.unparse(node)
    return " ".join(words.split())


def _changes(tree: ast.AST) -> Iterator[_Change]:
    for put, node in _spots(tree):
        for other in (*_other_conditions(node), *_other_values(node), *_other_statements(node)):
            yield put, node, other


def _spots(parent: ast.AST) -> Iterator[tuple[_Put, _Node]]:
    """Each statement and expression below, with how to put another in its place."""
    for field, value in ast.iter_fields(parent):
        if field in _SILENT:
            continue
        children: list[tuple[object, _Put]] = (
            [(child, partial(value.__setitem__, place)) for place, child in enumerate(value)]
            if isinstance(value, list)
            else [(value, partial(setattr, parent, field))]
        )
        for child, put in children:
            if isinstance(child, ast.expr | ast.stmt):
                yield put, child
            if isinstance(child, ast.AST) and not _is_silent(child):
                yield from _spots(child)


def _is_silent(node: ast.AST) -> bool:
    """Docstrings; and what a class says of itself (its kind, its roles),
    which is data and has tests of its own.
    """
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    return isinstance(node, ast.AnnAssign) and "ClassVar" in ast.unparse(node.annotation)


def _other_conditions(node: _Node) -> Iterator[_Node]:
    match node:
        case ast.Compare(ops=[op]):
            for kind in _COMPARED[type(op)]:
                yield _with(node, ops=[kind()])
        case ast.BoolOp(op=op):
            yield _with(node, op=ast.Or() if isinstance(op, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield deepcopy(operand)
        case ast.If(test=test) | ast.IfExp(test=test):
            yield _with(node, test=ast.UnaryOp(op=ast.Not(), operand=deepcopy(test)))
        case _:
            return


def _other_values(node: _Node) -> Iterator[_Node]:
    match node:
        case ast.BinOp(op=ast.Add() | ast.Sub() as op):
            yield _with(node, op=ast.Sub() if isinstance(op, ast.Add) else ast.Add())
        case ast.Constant(value=bool(value)):
            yield ast.Constant(value=not value)
        case ast.Constant(value=int(value)):
            yield ast.Constant(value=value + 1)
        case ast.Call(func=ast.Name(id=name)) if name in _SWAPPED:
            yield _with(node, func=ast.Name(id=_SWAPPED[name], ctx=ast.Load()))
        case _:
            return


def _other_statements(node: _Node) -> Iterator[_Node]:
    """A refusal that is not made, an event that does not come."""
    match node:
        case ast.Raise() | ast.Expr(value=ast.Yield() | ast.YieldFrom() | ast.Call()):
            yield ast.Pass()
        case _:
            return


def _with(node: _Node, **changes: object) -> _Node:
    other = deepcopy(node)
    for name, value in changes.items():
        setattr(other, name, value)
    return other
