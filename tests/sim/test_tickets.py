"""Tickets and embed tokens, with a clock that the test moves (rule 27)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sixmm.sim.codes import ExchangeError
from sixmm.sim.tickets import Tickets


def refused(call: Callable[..., object], *args: object) -> bool:
    """Tell whether a call is refused with 1003."""
    with pytest.raises(ExchangeError) as caught:
        call(*args)
    return caught.value.code == 1003


def test_a_ticket_works_once() -> None:
    """The second time it is not known."""
    tickets = Tickets()
    ticket = tickets.issue_ticket("u", 100)

    assert tickets.take_ticket(ticket, 99) == "u"
    assert refused(tickets.take_ticket, ticket, 99)


def test_a_ticket_has_an_end() -> None:
    """From its end on it is not good, and another text never was."""
    tickets = Tickets()
    ticket = tickets.issue_ticket("u", 100)

    assert refused(tickets.take_ticket, ticket, 100)
    assert refused(tickets.take_ticket, "x", 0)


def test_an_embed_token_needs_its_channel() -> None:
    """It works for its own iframe until its end, more than once."""
    tickets = Tickets()
    token = tickets.issue_embed_token("u", "c", 100)

    assert refused(tickets.check_embed_token, token, "other", 0)
    assert [tickets.check_embed_token(token, "c", 99) for _ in range(2)] == ["u", "u"]
    assert refused(tickets.check_embed_token, token, "c", 100)


def test_the_one_is_not_the_other() -> None:
    """A ticket is no embed token, and an embed token no ticket."""
    tickets = Tickets()
    ticket, token = tickets.issue_ticket("u", 100), tickets.issue_embed_token("u", "c", 100)

    assert refused(tickets.take_ticket, token, 0)
    assert refused(tickets.check_embed_token, ticket, "c", 0)
    assert tickets.take_ticket(ticket, 0) == "u"


def test_what_is_handed_out_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound the oldest is forgotten."""
    monkeypatch.setattr(Tickets, "MOST", 3)
    tickets = Tickets()
    texts = [tickets.issue_ticket("u", 100) for _ in range(4)]

    assert refused(tickets.take_ticket, texts[0], 0)
    assert tickets.take_ticket(texts[1], 0) == "u"
