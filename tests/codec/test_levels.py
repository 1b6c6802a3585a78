"""Levels of a book: nothing is done before they are read, and then they are exact or refused."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.codec import Levels
from sixmm.errors import DecodeError

TEXT = '[["65000.10","0.001"],["64999.9","0"],["1","-2.50"]]'
PAIRS = (
    (Decimal("65000.10"), Decimal("0.001")),
    (Decimal("64999.9"), Decimal(0)),
    (Decimal(1), Decimal("-2.50")),
)
SOURCES: list[Any] = [TEXT, json.loads(TEXT), tuple(json.loads(TEXT)), f" {TEXT} "]

plain = st.from_regex(r"\A-?[0-9]{1,30}(\.[0-9]{1,30})?\Z")
amounts = plain | st.sampled_from(["", "1e5", "NaN", " 1", "1" * 31, "\u0661"]) | st.integers()
rows = st.lists(amounts, min_size=2, max_size=2) | st.sampled_from([[], ["1"], ["1"] * 3, {}, None])


def told(read: Any) -> Any:
    """Return what a call gives, with each digit, or the words of its refusal."""
    try:
        found = read()
    except (DecodeError, IndexError) as error:
        return (type(error), str(error))
    return str(found)


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: type(source).__name__)
class TestAsATuple:
    """From the text or from the list, they behave as the tuple of their levels."""

    def test_sequence(self, source: Any) -> None:
        """Length, order, places from both ends, slices, membership."""
        levels = Levels(source)

        assert isinstance(levels, Sequence)
        assert len(levels) == 3
        assert tuple(levels) == PAIRS
        assert [levels[n] for n in (0, 1, 2, -1, -3)] == [PAIRS[n] for n in (0, 1, 2, -1, -3)]
        assert tuple(levels[1:]) == PAIRS[1:]
        assert tuple(levels[::-1]) == tuple(reversed(levels)) == PAIRS[::-1]
        assert isinstance(levels[:1], Levels)
        assert PAIRS[1] in levels
        assert (levels.index(PAIRS[2]), levels.count(PAIRS[0])) == (2, 1)
        assert bool(levels)

    @pytest.mark.parametrize("index", [3, -4])
    def test_out_of_range(self, source: Any, index: int) -> None:
        """A place that is not there is the error that a tuple has."""
        with pytest.raises(IndexError):
            Levels(source)[index]

    def test_exact(self, source: Any) -> None:
        """Each level has each digit, whichever is asked for first (rule 9)."""
        for order in ((0, 1, 2), (2, 1, 0)):
            levels = Levels(source)
            assert [str(levels[n]) for n in order] == [str(PAIRS[n]) for n in order]
            assert type(levels[0]) is tuple

    def test_equality(self, source: Any) -> None:
        """Equal to what has the same levels, and to nothing else."""
        levels = Levels(source)

        assert levels == PAIRS == tuple(levels)
        assert levels == list(PAIRS)
        assert levels == Levels(TEXT) == Levels(json.loads(TEXT))
        assert hash(levels) == hash(Levels(TEXT)) == hash(PAIRS)
        for other in (PAIRS[:2], PAIRS[::-1], (), "", TEXT, None, 5, Levels()):
            assert levels != other

    def test_copies(self, source: Any) -> None:
        """Copied and pickled, before and after they were read, they are the same."""
        levels = Levels(source)
        for _ in range(2):
            assert copy.copy(levels) == copy.deepcopy(levels) == levels
            assert pickle.loads(pickle.dumps(levels)) == levels
            assert tuple(levels) == PAIRS

    def test_repr(self, source: Any) -> None:
        """The representation does not depend on whether they were read."""
        before = repr(levels := Levels(source))
        assert len(levels) == 3

        assert repr(levels) == before
        assert "65000.10" in before

    def test_cannot_be_changed(self, source: Any) -> None:
        """There is no way to set or to drop a level."""
        levels: Any = Levels(source)

        with pytest.raises(TypeError):
            levels[0] = PAIRS[1]
        with pytest.raises(TypeError):
            del levels[0]
        with pytest.raises(AttributeError):
            levels.best = PAIRS[1]


@pytest.mark.parametrize("empty", [Levels(), Levels([]), Levels("[]"), Levels(" [ ] ")])
def test_empty(empty: Levels) -> None:
    """Without levels there is no first one."""
    assert (len(empty), tuple(empty), bool(empty)) == (0, (), False)
    assert empty == Levels() == ()
    for index in (0, -1):
        with pytest.raises(IndexError):
            empty[index]


WRONG = [
    ('[["1"]]', "$[0]: expected a list of 2"),
    ('[["1","2","3"]]', "$[0]: expected a list of 2"),
    ("[5]", "$[0]: expected a list of 2"),
    ('["12"]', "$[0]: expected a list of 2"),
    ("[null]", "$[0]: expected a list of 2"),
    ('[{"a":1,"b":2}]', "$[0]: expected a list of 2"),
    ('[["1",2]]', "$[0]: expected a decimal string"),
    ('[["1e5","2"]]', "$[0]: expected a decimal string"),
    ('[["1","NaN"]]', "$[0]: expected a decimal string"),
    ('[["1-2","2"]]', "$[0]: expected a decimal string"),
    ('[["","2"]]', "$[0]: expected a decimal string"),
    ('[[null,"2"]]', "$[0]: expected a decimal string"),
    ('[["' + "1" * 31 + '","2"]]', "$[0]: expected a decimal string"),
]


class TestWrong:
    """A level that is wrong is told when it is read, and only then."""

    @pytest.mark.parametrize(("text", "problem"), WRONG)
    def test_levels(self, text: str, problem: str) -> None:
        """The error says which level, and what belongs there; it has none of what was there."""
        for levels in (Levels(text), Levels(json.loads(text))):
            assert len(levels) == 1
            for _ in range(2):
                with pytest.raises(DecodeError) as caught:
                    levels[0]
                assert str(caught.value) == problem
                assert caught.value.__cause__ is caught.value.__context__ is None

    def test_the_others_can_be_read(self) -> None:
        """One wrong level does not spoil the others."""
        levels = Levels('[["1","2"],["x","y"],["3","4"]]')

        assert (levels[0], levels[2]) == ((1, 2), (3, 4))
        with pytest.raises(DecodeError, match=r"^\$\[1\]: expected a decimal string$"):
            levels[1]
        with pytest.raises(DecodeError):
            tuple(levels)

    @pytest.mark.parametrize("text", ["", "{}", "null", '"[]"', "5", '[["1","2"]', "[NaN]", "x"])
    def test_no_list(self, text: str) -> None:
        """Where the whole is no list, every access says so; the representation does not."""
        levels = Levels(text)

        for access in (
            levels.__len__,
            lambda: levels[1],
            lambda: tuple(levels),
            lambda: levels[:1],
        ):
            with pytest.raises(DecodeError):
                access()
        assert repr(levels) == f"Levels({text!r})"

    @given(st.lists(rows, max_size=4), st.booleans())
    def test_text_and_list_alike(self, value: list[Any], numbers: bool) -> None:
        """The text says the same as the list, level by level, in whichever order it is read."""
        text = json.dumps(value, separators=(",", ":"))
        for index in (0, -1, 1, len(value)):
            by_text = Levels(text, numbers=numbers)
            by_list = Levels(value, numbers=numbers)
            assert told(lambda a=by_text, n=index: a[n]) == told(lambda a=by_list, n=index: a[n])
            assert told(lambda a=by_text: list(a)) == told(lambda a=by_list: list(a))
            assert told(lambda a=by_text: a[0]) == told(lambda a=by_list: a[0])


def test_numbers() -> None:
    """Where a schema says so an amount may be a JSON number, and is exact."""
    for source in ("[[1.50,2]]", [[Decimal("1.50"), 2]]):
        assert str(Levels(source, numbers=True)[0]) == str((Decimal("1.50"), Decimal(2)))
        assert str(Levels(source, numbers=True)[:1][0]) == str((Decimal("1.50"), Decimal(2)))
        with pytest.raises(DecodeError):
            Levels(source)[0]


def test_the_first_one_is_found_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """To read the best level of a book, the others are not looked at."""
    monkeypatch.setattr("sixmm.codec.levels.parse_json", None)
    levels = Levels(TEXT)

    assert levels[0] is levels[0]
    assert levels[0] == PAIRS[0]


def test_nothing_is_done_for_levels_that_nobody_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Making them neither parses nor converts."""
    for name in ("parse_json", "amount", "_first_of"):
        monkeypatch.setattr(f"sixmm.codec.levels.{name}", None)

    Levels(TEXT)
    Levels(json.loads(TEXT))
