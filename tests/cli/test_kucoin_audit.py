"""The audit of KuCoin can fail: what is left out, told again or made up is found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import pytest

from sixmm.cli.kucoin_audit import KuCoinAudit, audit_kucoin
from sixmm.events import Event, Origin
from sixmm.sim.kucoin import Account, KuCoinExchange, LoggedPush
from sixmm.state.account import AccountMirror
from sixmm.state.models import Snapshot
from sixmm.venues.kucoin import SpotOrderUpdate, decode
from sixmm.venues.kucoin.facts import facts_of
from sixmm.venues.kucoin.venue import ACCOUNT_TOPICS

TOPICS = frozenset(topic for topics in list(ACCOUNT_TOPICS.values())[:2] for topic in topics)


@attrs.frozen
class Course:
    """Something that happened to an account, as a client was told it."""

    exchange: KuCoinExchange
    account: Account
    log: Sequence[LoggedPush]
    events: list[Event]

    def judged(self, events: Sequence[Event]) -> KuCoinAudit:
        """Return the audit of what was delivered; the picture is that of all that happened."""
        mirror = AccountMirror()
        mirror.adopt(Snapshot(as_of_ms=1))
        for event in self.events:
            facts = facts_of(event)
            if facts is not None:
                mirror.apply(facts)
        mirror.mark_checked(1)
        return audit_kucoin(
            self.log,
            events,
            topics=TOPICS,
            truth=self.exchange.truth(self.account),
            mirror=mirror.picture(),
        )

    def first(self, wanted: Any) -> tuple[int, Any]:
        """Return place and event of the first that is wanted."""
        return next((place, event) for place, event in enumerate(self.events) if wanted(event))


@pytest.fixture(scope="module")
def course() -> Course:
    """Have things happen to an account, all of which is told."""
    exchange = KuCoinExchange(seed=3)
    account = exchange.create_account(markets=("spot", "futures"))
    exchange.step(account, 300)
    log = exchange.private_log(account)
    return Course(exchange, account, log, [decode(p.text) for p in log if p.topic in TOPICS])


def is_match(event: Event) -> bool:
    """Whether it tells a fill of spot."""
    return isinstance(event, SpotOrderUpdate) and event.type == "match"


def test_all_is_told(course: Course) -> None:
    """Every push came, so that nothing was recovered, and what is beside is not counted."""
    result = course.judged(course.events)
    assert result.wrong == ()
    assert result.clean
    assert 0 < result.sent == result.streamed < len(course.events)
    assert result.passing == 0


def test_a_fill_that_is_left_out_is_lost(course: Course) -> None:
    """A fill is never superseded."""
    place, _ = course.first(is_match)
    result = course.judged([*course.events[:place], *course.events[place + 1 :]])
    assert (len(result.missing), result.duplicated) == (1, 0)


def test_a_fill_by_rest_is_recovered(course: Course) -> None:
    """It is told by symbol, trade and order; told by both, it is doubled."""
    place, fill = course.first(is_match)
    by_rest = attrs.evolve(fill, origin=Origin.REST, raw="{}")
    result = course.judged([*course.events[:place], by_rest, *course.events[place + 1 :]])
    assert (result.recovered, result.wrong) == (1, ())
    assert course.judged([*course.events, by_rest]).duplicated == 1


def test_the_end_of_an_order_is_not_left_out(course: Course) -> None:
    """Whatever was told of it before."""
    place, _ = course.first(lambda event: isinstance(event, SpotOrderUpdate) and event.has_ended)
    result = course.judged([*course.events[:place], *course.events[place + 1 :]])
    assert len(result.missing) == 1


def test_a_push_twice_is_doubled(course: Course) -> None:
    """But not where the exchange has pushed the same words twice."""
    assert course.judged([*course.events, course.events[0]]).duplicated == 1


def test_what_never_was_is_an_invention(course: Course) -> None:
    """A push of other words, and a fill of no trade."""
    _, fill = course.first(is_match)
    made_up = attrs.evolve(fill, raw=fill.raw + " ", trade_id="1")
    assert len(course.judged([*course.events, made_up]).inventions) == 2


def test_what_no_comparison_tells_is_passing(course: Course) -> None:
    """It is counted apart, and not as sent."""
    texts = [event.raw for event in course.events]
    place, _ = course.first(lambda e: facts_of(e) is None and texts.count(e.raw) == 1)
    result = course.judged([*course.events[:place], *course.events[place + 1 :]])
    assert (result.passing, result.wrong) == (1, ())


def test_a_picture_that_differs_is_wrong(course: Course) -> None:
    """Orders, positions and balances are held against the exchange's own."""
    changed = attrs.evolve(course, events=course.events[: len(course.events) // 2])
    assert changed.judged(course.events).differences
