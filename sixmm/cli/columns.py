"""What the rows of a result have, and how a value looks as JSON, as CSV and to people.

The keys of a list of columns are a promise to programs: all of them are there in every row, in this
order, and what the exchange did not say is empty. Amounts are the exact digits; a binary float has
no way through here.
"""

from __future__ import annotations

import datetime
import enum
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

import attrs

from ..redaction import one_line

__all__ = ["Column", "Form", "Kind", "cell_text", "csv_text", "json_value", "printable", "value_of"]

Form = Literal["table", "json", "csv"]
"""What a result is written as."""

LONGEST_CELL = 200
LONGEST_LINE = 2_000
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


class Kind(enum.Enum):
    """What a column holds; it decides the form and the side that a table aligns it to."""

    TEXT = enum.auto()
    """Words of either side: secrets in them are blanked."""
    ID = enum.auto()
    """A text that is given back as it came, such as an order id: shown exactly."""
    NUMBER = enum.auto()
    """An amount or a count."""
    TIME = enum.auto()
    """Unix milliseconds; people read the date and time in UTC, and nothing for 0."""
    FLAG = enum.auto()
    """True or false; people read ``yes`` where it is true."""
    LIST = enum.auto()
    """Several texts."""


@attrs.frozen
class Column:
    """One column of a result.

    Args:
        key: the member of the JSON object, the title in CSV, and the attribute of the row.
        kind: what it holds.
        title: the title in a table; without it the key in words.
        detail: whether a table may leave it out where the terminal is too narrow.
    """

    key: str
    kind: Kind = attrs.field(default=Kind.TEXT, kw_only=True)
    title: str = attrs.field(
        default=attrs.Factory(lambda self: self.key.replace("_", " "), takes_self=True),
        kw_only=True,
    )
    detail: bool = attrs.field(default=False, kw_only=True)


def value_of(row: object, column: Column) -> object:
    """Return what ``row``, a mapping or an object with attributes, has in the column."""
    found: object = row[column.key] if isinstance(row, Mapping) else getattr(row, column.key)
    return found.value if isinstance(found, enum.Enum) else found


def json_value(value: object, kind: Kind) -> Any:
    """Return the value as JSON can hold it: amounts are texts, counts and times are integers.

    Raises:
        TypeError: it is a float or something else that no column holds.
    """
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, str):
        return value if kind is Kind.ID else one_line(value, limit=LONGEST_LINE)
    if kind is Kind.LIST and isinstance(value, Sequence):
        return [json_value(_plain(part), Kind.TEXT) for part in value]
    raise TypeError(f"a {type(value).__name__} has no place in a {kind.name.lower()} column")


def csv_text(value: object, kind: Kind) -> str:
    """Return the value as a field of a CSV file; what is missing is empty."""
    exact = json_value(value, kind)
    if exact is None:
        return ""
    if isinstance(exact, bool):
        return "true" if exact else "false"
    if isinstance(exact, list):
        return " ".join(csv_text(part, Kind.TEXT) for part in exact)
    return printable(str(exact))


def cell_text(value: object, kind: Kind, *, longest: int = LONGEST_CELL) -> str:
    """Return the value for people, in at most ``longest`` characters."""
    if isinstance(value, bool):
        return "yes" if value else ""
    if kind is Kind.TIME and isinstance(value, int):
        return _clock_text(value)
    shown = csv_text(value, kind)
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def printable(text: str) -> str:
    """Return ``text`` with an escape for each character that could move a terminal's cursor."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _plain(value: object) -> object:
    return value.value if isinstance(value, enum.Enum) else value


def _clock_text(time_ms: int) -> str:
    """Return date and time in UTC; 0 stands for never, and a number that is no time stays one."""
    if time_ms == 0:
        return ""
    try:
        moment = _EPOCH + datetime.timedelta(milliseconds=time_ms)
    except OverflowError:
        return str(time_ms)
    text = moment.strftime("%Y-%m-%d %H:%M:%S")
    return text if time_ms % 1_000 == 0 else f"{text}.{time_ms % 1_000:03d}"
