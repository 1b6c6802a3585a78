"""Mutants: copies of a module with one small fault each, which its tests are to notice.

Of the libraries that make them one changes only what is inside functions, and another has no
operator that changes an entry of a table; a state table is neither.

Left alone are annotations, docstrings, ``__all__`` and aliases of types, which no test can notice;
and the first binding of a name, without which every test fails.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import attrs

from .operators import changes

__all__ = ["Mutant", "mutants_of"]

_MOST_TEXT = 70


@attrs.frozen(kw_only=True)
class Mutant:
    """A module with one fault."""

    line: int
    """Where the fault is, in the source of the module."""
    where: str
    """The function or class that it is in, or ``""``."""
    before: str
    after: str
    source: str = attrs.field(repr=False)

    @property
    def change(self) -> str:
        """What was changed, without its line: it says the same after other lines have moved."""
        place = f"in {self.where}: " if self.where else ""
        return f"{place}`{self.before}` becomes `{self.after}`"


def mutants_of(source: str) -> list[Mutant]:
    """Return every mutant of a module by its line; the same ones at every call."""
    tree = ast.parse(source)
    context = _Context(members=_members_named(tree))
    seen, mutants = {ast.unparse(tree)}, []
    for place in _places(tree, context):
        for mutant in _mutants_at(place, tree):
            if mutant.source not in seen:
                seen.add(mutant.source)
                mutants.append(mutant)
    return sorted(mutants, key=lambda mutant: mutant.line)


@attrs.frozen(kw_only=True)
class _Context:
    """What is known around a node."""

    members: dict[str, list[str]]
    where: str = ""
    line: int = 0
    bound_again: frozenset[int] = frozenset()
    """The ids of the assignments to a name that has a value."""


@attrs.frozen(kw_only=True)
class _Place:
    """A node, and what holds it: a list, or the fields of the node above it."""

    parent: ast.AST
    container: Any
    key: Any
    field: str
    node: ast.AST
    around: _Context


def _mutants_at(place: _Place, tree: ast.AST) -> Iterator[Mutant]:
    """Yield the mutants that have their fault at one place; the tree is whole again afterwards."""
    around, node = place.around, place.node
    whole = ast.unparse(place.parent)
    # A number alone says little.
    shows_parent = isinstance(node, ast.Constant) and len(whole) <= _MOST_TEXT
    is_bound = id(node) in around.bound_again
    found = changes(node, field=place.field, members=around.members, is_bound=is_bound)
    for new, before, after in found:
        place.container[place.key] = new
        yield Mutant(
            line=around.line,
            where=around.where,
            before=whole if shows_parent else _short(before),
            after=ast.unparse(place.parent) if shows_parent else _short(after),
            source=ast.unparse(tree),
        )
    place.container[place.key] = node


def _places(parent: ast.AST, context: _Context) -> Iterator[_Place]:
    """Yield every node that may be changed."""
    for field, value in ast.iter_fields(parent):
        if field in ("annotation", "returns"):
            continue
        container = value if isinstance(value, list) else vars(parent)
        for key, node in enumerate(value) if isinstance(value, list) else [(field, value)]:
            if isinstance(node, ast.AST) and not _is_left_alone(node):
                around = _around(node, context)
                yield _Place(
                    parent=parent,
                    container=container,
                    key=key,
                    field=field,
                    node=node,
                    around=around,
                )
                yield from _places(node, around)


def _around(node: ast.AST, context: _Context) -> _Context:
    context = attrs.evolve(context, line=getattr(node, "lineno", context.line))
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return context
    where = f"{context.where}.{node.name}".lstrip(".")
    return attrs.evolve(context, where=where, bound_again=_bound_again(node))


def _is_left_alone(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        # A docstring, or the dots of a body that is empty.
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        name = node.targets[0].id
        return name == "__all__" or (name[0].isupper() and not name.isupper())
    return False


def _bound_again(function: ast.AST) -> frozenset[int]:
    bound: set[str] = set()
    again = []
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            again += [id(node)] if name in bound else []
            bound.add(name)
    return frozenset(again)


def _members_named(tree: ast.AST) -> dict[str, list[str]]:
    """Return the names like ``Color.RED`` that a module uses, by what is before the dot."""
    members: dict[str, list[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            names = members.setdefault(node.value.id, [])
            if node.attr.isupper() and node.attr not in names:
                names.append(node.attr)
    return members


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _MOST_TEXT else f"{text[:_MOST_TEXT]}…"
