"""The words of choices."""

from __future__ import annotations

import enum
import json

import pytest

from sixmm.venues.rocketfi import enums


@pytest.mark.parametrize("name", enums.__all__)
def test_members_are_their_words(name: str) -> None:
    """A member equals its wire text, is found by it, prints as it and travels as it."""
    for member in getattr(enums, name):
        assert isinstance(member, enum.Enum)
        assert member == member.value
        assert str(member) == f"{member}" == member.value
        assert {member.value: 1}[member] == 1
        assert json.loads(json.dumps(member)) == member.value
