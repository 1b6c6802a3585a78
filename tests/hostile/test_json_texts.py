"""Strict JSON, under each engine, on texts that were not made with it."""

from __future__ import annotations

import json

import pytest

from .engines import INSTALLED
from .json_texts import LEFT_OPEN, broken, run, written


@pytest.mark.parametrize("engine", INSTALLED)
@pytest.mark.parametrize("seed", [1, 2])
def test_every_text_is_judged_rightly(engine: str, seed: int) -> None:
    """All valid texts are read, exactly; all invalid ones are refused as DecodeError (E1)."""
    tally = run(seed, engine)

    assert tally.cases > 5_000
    assert not tally.wrong, str(tally)


def test_the_writer_writes_json() -> None:
    """What the texts are made with is right itself: the standard library reads them all."""
    for text, value in written(3):
        assert json.loads(text, parse_float=str, parse_int=str) is not None or value is None


def test_what_was_done_to_the_texts_shows() -> None:
    """The standard library, which knows no bounds, refuses them too, but for bounds of ours."""
    ours = {"too deep", "beside a long number", "beside half a pair", "beside a constant"}
    for name, text in broken(4, 50):
        if name not in ours:
            with pytest.raises(ValueError):
                json.loads(text.decode())


def test_what_is_left_open_is_pinned() -> None:
    """For each choice that the standard leaves there is a case."""
    assert len(LEFT_OPEN) >= 35


def test_a_lax_reader_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The standard library as it comes fails this: the texts have teeth."""
    monkeypatch.setattr("tests.hostile.engines.reader", lambda _: lambda text, _: json.loads(text))

    assert len(run(5, "stdlib", 20).wrong) > 100
