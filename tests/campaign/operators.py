"""What a node of a program is mistaken for most easily: the faults that mutants have."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

__all__ = ["Change", "changes"]

Node = TypeVar("Node", bound=ast.AST)

Change = tuple[ast.AST, str, str]
"""What comes in the place of a node, and what to say about it: before and after."""

_OTHERS: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,),
    ast.Mod: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}
_CALLS = {"all": "any", "any": "all", "max": "min", "min": "max"}
_ORDERINGS = ("reversed", "sorted")
_NOTHING = "nothing"
_TEXT = "a &=/ mutant"
"""Has what a text of letters does not have."""


def changes(
    node: ast.AST, *, field: str, members: Mapping[str, Sequence[str]], is_bound: bool
) -> Iterator[Change]:
    """Yield what may come in the place of a node, one fault at a time.

    Args:
        node: the node.
        field: what it is to the node above it.
        members: the members of each enumeration that its module names.
        is_bound: whether it gives a value to a name that has one.
    """
    before = ast.unparse(node).partition("\n")[0]
    for new in (*_conditions(node, field), *_expressions(node), *_calls(node)):
        yield new, before, ast.unparse(new)
    for new in _members(node, members):
        yield new, before, ast.unparse(new)
    yield from _drops(node)
    if isinstance(node, ast.stmt) and (is_bound or _can_go(node)):
        yield ast.Pass(), before, "pass"
    elif isinstance(node, ast.Return) and not _is_none(node.value):
        yield ast.Return(ast.Constant(None)), before, "return None"
    elif isinstance(node, ast.ExceptHandler) and node.type is not None:
        never = ast.Name("ZeroDivisionError")
        yield _with(node, type=never), before, "except ZeroDivisionError:"


def _conditions(node: ast.AST, field: str) -> list[ast.AST]:
    if field in ("test", "ifs") and isinstance(node, ast.expr):
        return [ast.Constant(True), ast.Constant(False)]
    return []


def _expressions(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        for other in _others(node.ops[0]):
            yield _with(node, ops=[other])
    elif isinstance(node, ast.BoolOp):
        for other in _others(node.op):
            yield _with(node, op=other)
        for rest in _without_one(node.values):
            yield _with(node, values=rest) if len(rest) > 1 else rest[0]
    elif isinstance(node, ast.BinOp | ast.AugAssign):
        for other in _others(node.op):
            yield _with(node, op=other)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.USub):
        yield node.operand
    elif isinstance(node, ast.Constant):
        for value in _other_values(node.value):
            yield ast.Constant(value)


def _calls(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id in _CALLS:
            yield _with(node, func=ast.Name(_CALLS[node.func.id]))
        elif node.func.id in _ORDERINGS:
            yield ast.Call(ast.Name("list"), node.args[:1], [])


def _members(node: ast.AST, members: Mapping[str, Sequence[str]]) -> Iterator[ast.AST]:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        names = members.get(node.value.id, ())
        if node.attr in names and len(names) > 1:
            yield _with(node, attr=names[(names.index(node.attr) + 1) % len(names)])


def _drops(node: ast.AST) -> Iterator[Change]:
    """Yield the node without one of its parts."""
    if isinstance(node, ast.List | ast.Set | ast.Tuple):
        if isinstance(getattr(node, "ctx", None), ast.Store):
            return
        for one, rest in zip(node.elts, _without_one(node.elts), strict=True):
            yield _with(node, elts=rest), ast.unparse(one), _NOTHING
    elif isinstance(node, ast.Dict):
        entries = list(zip(node.keys, node.values, strict=True))
        for (key, value), rest in zip(entries, _without_one(entries), strict=True):
            name = "**" if key is None else f"{ast.unparse(key)}: "
            new = _with(node, keys=[k for k, _ in rest], values=[v for _, v in rest])
            yield new, name + ast.unparse(value), _NOTHING
    elif isinstance(node, ast.Call):
        for one, rest in zip(node.keywords, _without_one(node.keywords), strict=True):
            # To leave out a flag is mostly the same as to turn it over.
            if not (isinstance(one.value, ast.Constant) and isinstance(one.value.value, bool)):
                yield _with(node, keywords=rest), ast.unparse(one), _NOTHING


def _can_go(node: ast.stmt) -> bool:
    """Whether a statement does something without which the rest can still run."""
    if isinstance(node, ast.Assign):
        return isinstance(node.targets[0], ast.Attribute | ast.Subscript)
    return isinstance(node, ast.Expr | ast.AugAssign | ast.Raise | ast.Delete)


def _others(operator: ast.AST) -> list[ast.AST]:
    return [other() for other in _OTHERS.get(type(operator), ())]


def _other_values(value: object) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [value + 1, value - 1]
    if isinstance(value, str):
        return ["" if value else _TEXT]
    if isinstance(value, bytes):
        return [b"" if value else _TEXT.encode()]
    return []


def _is_none(value: ast.expr | None) -> bool:
    return value is None or (isinstance(value, ast.Constant) and value.value is None)


def _without_one(items: Iterable[Any]) -> list[list[Any]]:
    items = list(items)
    return [items[:number] + items[number + 1 :] for number in range(len(items))]


def _with(node: Node, **fields: Any) -> Node:
    """Return a node like another one, with other fields."""
    return type(node)(**{**dict(ast.iter_fields(node)), **fields})
