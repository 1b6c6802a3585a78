"""What the calls share: the host, the check of arguments, and the way to a typed result."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Any, TypeVar

import attrs

from ....errors import ConfigurationError
from ....redaction import one_line
from ...base import Auth, Call
from .. import rest_schema as rest
from ..hosts import Host

__all__ = ["KuCoinCall", "as_", "path_part", "read_call", "rows_of"]

T = TypeVar("T")

_WORD = re.compile(r"[A-Za-z0-9_.,:-]{1,128}")
_PATH_PART = re.compile(r"[A-Za-z0-9_-]{1,64}")


@attrs.frozen(kw_only=True)
class KuCoinCall(Call):
    """One REST call, with the host that it goes to."""

    host: Host = Host.SPOT


def read_call(
    operation: str,
    path: str,
    result: Callable[[Any], Any],
    *,
    host: Host = Host.SPOT,
    **query: object,
) -> KuCoinCall:
    """Return a signed call that changes nothing; what is None is left out of its query.

    Raises:
        ConfigurationError: an argument has a character that could leave its field.
    """
    pairs = tuple((name, _word(name, value)) for name, value in query.items() if value is not None)
    return KuCoinCall(
        operation=operation,
        method="GET",
        path=path,
        query=pairs,
        auth=Auth.ACCOUNT,
        result=result,
        host=host,
    )


def _word(name: str, value: object) -> str:
    text = str(value)
    if _WORD.fullmatch(text):
        return text
    raise ConfigurationError(f"{one_line(value, limit=80)!r} cannot be the {name} of a call")


def path_part(order_id: str) -> str:
    """Return an id that becomes a part of a path.

    Raises:
        ConfigurationError: it has another character than ids have.
    """
    if not _PATH_PART.fullmatch(order_id):
        raise ConfigurationError(f"{one_line(order_id, limit=80)!r} cannot be an order id")
    return order_id


def as_(cls: type[T]) -> Callable[[Any], T]:
    """Return the function that turns reply data into a ``cls``."""
    return functools.partial(rest.result_of, cls)


def rows_of(cls: type[T]) -> Callable[[Any], tuple[T, ...]]:
    """Return the function that turns reply data, which is a list, into rows of ``cls``."""
    return functools.partial(_rows_of, cls)


def _rows_of(cls: type[T], data: Any) -> tuple[T, ...]:
    kind: Any = tuple[cls, ...]  # type: ignore[valid-type]
    found: tuple[T, ...] = rest.result_of(kind, data)
    return found
