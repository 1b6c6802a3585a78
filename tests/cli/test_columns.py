"""Every value has one form for each reader, and no amount loses a digit."""

from __future__ import annotations

import enum
import json
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.cli.columns import (
    LONGEST_CELL,
    Column,
    Kind,
    cell_text,
    csv_text,
    json_value,
    printable,
    value_of,
)
from sixmm.redaction import Secret
from sixmm.venues.sixmm.enums import CancelType, Side

_AMOUNTS = st.decimals(allow_nan=False, allow_infinity=False, places=None)


class _Odd(enum.Enum):
    ONE = "one"


@given(_AMOUNTS)
def test_amounts_are_exact(amount: Decimal) -> None:
    """An amount is its digits, without an exponent, in all three forms."""
    for text in (
        json_value(amount, Kind.NUMBER),
        csv_text(amount, Kind.NUMBER),
        cell_text(amount, Kind.NUMBER, longest=10_000),
    ):
        assert Decimal(text) == amount
        assert "E" not in text


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("form", [json_value, csv_text, cell_text])
@pytest.mark.parametrize("value", [0.1, float("nan"), 1e22])
def test_float_is_refused(kind: Kind, form: object, value: float) -> None:
    """A binary float is an error of the program, wherever it comes from (rule 9)."""
    with pytest.raises(TypeError, match="a float has no place"):
        form(value, kind)  # type: ignore[operator]


def test_secret_is_refused() -> None:
    """A secret cannot be shown by mistake; who shows one has to reveal it."""
    with pytest.raises(TypeError, match="a Secret has no place"):
        json_value(Secret("canary-secret"), Kind.TEXT)


def test_secret_in_a_text() -> None:
    """A text of the other side that repeats a secret has it blanked."""
    secret = Secret("canary-secret")

    for form in (json_value, csv_text, cell_text):
        assert "canary" not in str(form(f"it is {secret.reveal()}", Kind.TEXT))


def test_id_is_exact() -> None:
    """An id is given back as it came, also where it looks like something else."""
    held = Secret("token=abcdef")

    assert json_value(held.reveal(), Kind.ID) == "token=abcdef"
    assert csv_text("2022543809547603968", Kind.ID) == "2022543809547603968"


@pytest.mark.parametrize(
    ("value", "kind", "as_json", "as_csv", "for_people"),
    [
        (None, Kind.NUMBER, None, "", ""),
        (20, Kind.NUMBER, 20, "20", "20"),
        (Decimal("1E+2"), Kind.NUMBER, "100", "100", "100"),
        (Decimal("0.10"), Kind.NUMBER, "0.10", "0.10", "0.10"),
        (Decimal("-0.5"), Kind.NUMBER, "-0.5", "-0.5", "-0.5"),
        ("a\nb\x1b[2J", Kind.TEXT, "a\\nb\\x1b[2J", "a\\nb\\x1b[2J", "a\\nb\\x1b[2J"),
        ("a\nb", Kind.ID, "a\nb", "a\\nb", "a\\nb"),
        (True, Kind.FLAG, True, "true", "yes"),
        (False, Kind.FLAG, False, "false", ""),
        (0, Kind.TIME, 0, "0", ""),
        (1, Kind.TIME, 1, "1", "1970-01-01 00:00:00.001"),
        (-1000, Kind.TIME, -1000, "-1000", "1969-12-31 23:59:59"),
        (
            1_772_710_377_808,
            Kind.TIME,
            1_772_710_377_808,
            "1772710377808",
            "2026-03-05 11:32:57.808",
        ),
        (10**20, Kind.TIME, 10**20, "1" + "0" * 20, "1" + "0" * 20),
        (("192.0.2.1", "::1"), Kind.LIST, ["192.0.2.1", "::1"], "192.0.2.1 ::1", "192.0.2.1 ::1"),
        ((), Kind.LIST, [], "", ""),
    ],
)
def test_forms(value: object, kind: Kind, as_json: object, as_csv: str, for_people: str) -> None:
    """Each kind of value has its three forms."""
    assert json_value(value, kind) == as_json
    assert json.loads(json.dumps(json_value(value, kind))) == as_json
    assert csv_text(value, kind) == as_csv
    assert cell_text(value, kind) == for_people


def test_long_text() -> None:
    """A cell is bounded, however much the other side sends."""
    assert len(cell_text("x" * 10_000, Kind.ID)) == LONGEST_CELL


def test_value_of() -> None:
    """A row is an object or a mapping; a member of an enum counts as its value."""
    row = {"side": Side.BUY, "kind": CancelType.LIMIT, "odd": _Odd.ONE}

    for one in (row, SimpleNamespace(**row)):
        assert [value_of(one, Column(key)) for key in row] == ["BUY", 1, "one"]


def test_misspelt_column() -> None:
    """A column that the row does not have is an error, not an empty value."""
    with pytest.raises(AttributeError):
        value_of(SimpleNamespace(), Column("no_such"))


def test_title() -> None:
    """Without a title of its own a column has its key in words."""
    assert Column("entry_price").title == "entry price"
    assert Column("entry_price", title="entry").title == "entry"


@given(st.text())
def test_printable(text: str) -> None:
    """What is shown of an id has no character that moves a cursor."""
    assert printable(text).isprintable()
