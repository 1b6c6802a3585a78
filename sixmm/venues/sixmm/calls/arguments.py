"""What the calls share: checks of arguments, and the way from reply data to a typed result.

Each check gives what is sent, and lets None through, for "not given". What it refuses it refuses
with a ConfigurationError that says which argument is wrong, why, and what would be right.
"""

from __future__ import annotations

import enum
import functools
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, TypeVar

import cattrs

from ....codec import decimal_text, structure
from ....errors import ConfigurationError
from ....redaction import Secret, one_line
from .. import rest_schema as rest
from ..order_forms import Amount

__all__ = [
    "Amount",
    "Time",
    "amount",
    "as_",
    "choice",
    "code",
    "flag",
    "given",
    "hidden",
    "id_text",
    "integer",
    "maybe_empty",
    "needed",
    "plain_object",
    "plain_text",
    "query_pairs",
    "result_of",
    "span_and_page",
    "symbol_text",
    "texts",
    "time_ms",
    "word",
]

T = TypeVar("T")
Time = datetime | int
"""A moment: a datetime with a time zone, or Unix milliseconds."""

_SYMBOL = re.compile(r"[A-Za-z0-9_-]{1,40}")
_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_WORD = re.compile(r"[A-Za-z0-9_]{1,40}")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MILLISECOND = timedelta(milliseconds=1)


# Results


def as_(cls: type[T]) -> Callable[[Any], T]:
    """Return the function that turns reply data into a ``cls``."""
    return functools.partial(result_of, cls)


def maybe_empty(cls: type[T]) -> Callable[[Any], T]:
    """Return the same for an undocumented reply, whose data may be missing (rule 111)."""
    return lambda data: result_of(cls, plain_object(data))


def result_of(cls: type[T], data: Any) -> T:
    """Return reply data as a ``cls``; raises DecodeError with the path of a field that is wrong."""
    return structure(_converter(), data, cls, path="$.data")


@functools.lru_cache(maxsize=1)
def _converter() -> cattrs.Converter:
    return rest.make_rest_converter()


def plain_object(data: Any) -> Mapping[str, Any]:
    """Return the object of a reply without documented fields (rule 111), or an empty one."""
    return data if isinstance(data, dict) else {}


# Texts


def symbol_text(value: str | None) -> str | None:
    """Return a symbol."""
    return _matching(value, _SYMBOL, "a symbol")


def id_text(value: str | None, what: str = "an order id") -> str | None:
    """Return an id of the exchange or of the caller."""
    return _matching(value, _ID, what)


def word(value: str | None, what: str) -> str | None:
    """Return a word such as ``BUY``, also from an enum."""
    return _matching(value, _WORD, what)


def _matching(value: str | None, form: re.Pattern[str], what: str) -> str | None:
    if value is None:
        return None
    if isinstance(value, str) and form.fullmatch(value):
        return str.__str__(value)  # of an enum: its value
    raise ConfigurationError(f"{one_line(value, limit=80)!r} cannot be {what}")


def plain_text(value: str | None, what: str, *, most: int) -> str | None:
    """Return free text of 1 to ``most`` characters."""
    if value is None:
        return None
    if not isinstance(value, str) or not 1 <= len(value) <= most:
        raise ConfigurationError(f"{what} must be text of 1 to {most} characters")
    return value


def hidden(value: Secret | str, what: str) -> str:
    """Return the text of a secret for the body of a call, whose representation leaves it out."""
    text = value.reveal() if isinstance(value, Secret) else value
    if not isinstance(text, str) or not text:
        raise ConfigurationError(f"{what} must be a Secret or text, and not empty")
    return text


def texts(
    values: Sequence[str] | None, check: Callable[[str], str | None], what: str
) -> list[str] | None:
    """Return a list of texts, each of which is checked."""
    if values is None:
        return None
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise ConfigurationError(f"{what} must be a list of texts, also where it is a single one")
    return [str(needed(check(value), f"each of {what}")) for value in values]


def needed(value: T | None, what: str) -> T:
    """Return ``value``, and refuse None: the exchange asks for it."""
    if value is None:
        raise ConfigurationError(f"{what} is missing; it cannot be left out")
    return value


# Choices


def choice(value: object, cls: type[enum.Enum], what: str) -> Any:
    """Return the wire value of one of the documented choices."""
    if value is None:
        return None
    if isinstance(value, str | int) and not isinstance(value, bool):
        for member in cls:
            if member.value == value:
                return member.value
    raise _no_choice(value, [str(member.value) for member in cls], what)


def code(value: object, cls: type[enum.IntEnum], what: str) -> int | None:
    """Return the number of a choice, from the number or from its word."""
    if value is None:
        return None
    if isinstance(value, str):
        found = cls.__members__.get(str.__str__(value))
    else:
        known = isinstance(value, int) and not isinstance(value, bool)
        found = next((member for member in cls if known and member.value == value), None)
    if found is None:
        raise _no_choice(value, [f"{one.name} ({one.value})" for one in cls], what)
    return int(found)


def _no_choice(value: object, names: Sequence[str], what: str) -> ConfigurationError:
    shown = one_line(value, limit=40)
    return ConfigurationError(f"{what} is one of {', '.join(names)}, and not {shown!r}")


# Numbers and times


def amount(value: Amount | None, what: str = "an amount") -> str | None:
    """Return an amount as it travels (rule 9): exactly what was given, so no float."""
    if value is None:
        return None
    if isinstance(value, float):
        raise ConfigurationError(
            f"{what} {value!r} is a float, which is not exact: "
            f'pass it as text, such as "0.1", or as a Decimal'
        )
    try:
        return decimal_text(value)
    except ConfigurationError as error:
        raise ConfigurationError(f"{what}: {error}") from None


def integer(
    value: int | None, what: str, *, least: int | None = None, most: int | None = None
) -> int | None:
    """Return a whole number (rule 11), within bounds where the documentation has some."""
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise ConfigurationError(f"{what} must be an integer")
    if (least is not None and value < least) or (most is not None and value > most):
        bounds = f"from {least}" if most is None else f"from {least} to {most}"
        raise ConfigurationError(f"{what} must be {bounds}, and not {one_line(value, limit=40)}")
    return int(value)


def flag(value: bool | None, what: str) -> bool | None:
    """Return a yes or no."""
    if value is None or isinstance(value, bool):
        return value
    raise ConfigurationError(f"{what} must be True or False")


def time_ms(value: Time | None, what: str) -> int | None:
    """Return a moment in Unix milliseconds (rule 7)."""
    if value is None:
        return None
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise ConfigurationError(
                f"{what} has no time zone, so that nobody knows which moment it is: give it one, "
                "such as tzinfo=timezone.utc, or pass Unix milliseconds"
            )
        return (value - _EPOCH) // _MILLISECOND
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    raise ConfigurationError(
        f"{what} must be a datetime with a time zone, or an integer in Unix milliseconds"
    )


def span_and_page(
    start_time: Time | None, end_time: Time | None, page: int | None, page_size: int | None
) -> dict[str, Any]:
    """Return the members of a query that choose a span of time and a page of it (rule 64)."""
    return {
        "startTime": time_ms(start_time, "start_time"),
        "endTime": time_ms(end_time, "end_time"),
        "page": integer(page, "page", least=1),
        "pageSize": integer(page_size, "page_size", least=1),
    }


# Members


def given(members: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members that are not None, in their order."""
    return {name: value for name, value in members.items() if value is not None}


def query_pairs(members: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the members that are not None as the pairs of a query."""
    return tuple((name, str(value)) for name, value in given(members).items())
