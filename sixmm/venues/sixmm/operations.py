"""Which public method makes which operation of the exchange: a table that is built from the code.

A method says by a decorator which operation it makes::

    @operation("placeOrder")
    def place(self, ...): ...

Where that operation is and what it asks for is known by :mod:`.calls.endpoints` alone.
"""

from __future__ import annotations

import functools
import inspect
import typing
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import attrs

from .calls.endpoints import ENDPOINTS, Endpoint

__all__ = ["TiedMethod", "operation", "operation_of", "operations_of"]

F = TypeVar("F", bound=Callable[..., Any])

_MARK = "__operation__"


@attrs.frozen(kw_only=True)
class TiedMethod:
    """A public method, and the operation that it makes."""

    name: str
    """How it is called, such as ``client.orders.place``."""
    function: Callable[..., Any] = attrs.field(repr=False)
    endpoint: Endpoint


def operation(name: str) -> Callable[[F], F]:
    """Return a decorator that ties a method to an operation, and changes nothing else about it.

    Args:
        name: the operation of the fact sheet, such as ``placeOrder``.

    Raises:
        LookupError: there is no such operation.
    """
    if name not in ENDPOINTS:
        raise LookupError(f"the exchange has no operation {name!r}")

    def tie(method: F) -> F:
        setattr(method, _MARK, name)
        return method

    return tie


def operation_of(method: Any) -> Endpoint | None:
    """Return the operation that a method is tied to, or None."""
    name = getattr(method, _MARK, None)
    return None if name is None else ENDPOINTS[name]


def operations_of(
    cls: type[Any], prefix: str = "client", *, names: Mapping[str, Any] | None = None
) -> list[TiedMethod]:
    """Return the tied methods of a class and of the groups that are its properties.

    The order is that of the code, what a class has itself before what its bases have. A property is
    a group where the class that it is annotated with has tied methods.

    Args:
        cls: the class, such as the client.
        prefix: the name of an object of it.
        names: what the names in annotations stand for that are there for type checkers only.
    """
    found = list(_own(cls, prefix))
    for name, group in _properties(cls, names):
        found += _own(group, f"{prefix}.{name}")
    return found


def _own(cls: type[Any], prefix: str) -> Iterator[TiedMethod]:
    for name in _members(cls):
        function = getattr(cls, name)
        endpoint = operation_of(function)
        if endpoint is not None and not name.startswith("_"):
            yield TiedMethod(name=f"{prefix}.{name}", function=function, endpoint=endpoint)


def _members(cls: type[Any]) -> list[str]:
    """Return the names of the members of a class, its own first, in the order of the code."""
    return list(dict.fromkeys(name for base in cls.__mro__ for name in vars(base)))


def _properties(cls: type[Any], names: Mapping[str, Any] | None) -> Iterator[tuple[str, type[Any]]]:
    for name in _members(cls):
        member = inspect.getattr_static(cls, name)
        if isinstance(member, functools.cached_property):
            getter: Callable[..., Any] | None = member.func
        else:
            getter = member.fget if isinstance(member, property) else None
        if getter is not None and not name.startswith("_"):
            kind = _kind_of(getter, names)
            if isinstance(kind, type):
                yield name, kind


def _kind_of(getter: Callable[..., Any], names: Mapping[str, Any] | None) -> Any:
    try:
        return typing.get_type_hints(getter, localns=dict(names or {})).get("return")
    except NameError:
        # Annotated with a name that is there for type checkers only: no group.
        return None
