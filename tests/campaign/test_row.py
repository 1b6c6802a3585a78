"""A figure keeps its bound or it does not; there is nothing in between."""

from __future__ import annotations

import math

import pytest

from .row import Finding, Round, at_least, at_most, exactly, noted


@pytest.mark.parametrize(
    ("finding", "held"),
    [
        (exactly("a", 0, 0), True),
        (exactly("a", 1, 0), False),
        (at_most("a", 2.0, 2.0), True),
        (at_most("a", 2.1, 2.0), False),
        (at_most("a", math.nan, 2.0), False),
        (at_least("a", 2, 2), True),
        (at_least("a", 1, 2), False),
        (at_least("a", math.inf, 2), False),
        (noted("a", 1), None),
    ],
)
def test_judges(finding: Finding, held: bool | None) -> None:
    """At the bound is within it; what is no number is never within it."""
    assert finding.held is held


def test_a_bound_is_told_in_words() -> None:
    """With its unit, and as a person writes numbers."""
    assert exactly("a", 5, 1_000).bound == "= 1,000"
    assert at_most("a", 1.0, 1.5, "s").bound == "≤ 1.5 s"
    assert at_least("a", 1, 20).bound == "≥ 20"


def test_what_is_wrong_is_told_only_where_something_is() -> None:
    """A bound that was held needs no explanation."""
    assert exactly("a", 0, 0, "words").detail == ""
    assert exactly("a", 1, 0, "words").detail == "words"


def test_the_short_form_is_smaller() -> None:
    """A row asks its round how much of it there is to be."""
    assert Round(seed=1).pick(full=1_000, short=10) == 1_000
    assert Round(seed=1, is_short=True).pick(full=1_000, short=10) == 10
