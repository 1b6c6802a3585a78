"""The subscription book: what is wanted, what is live, and who waits for which answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.errors import ConfigurationError
from sixmm.stream.subscriptions import Request, SubscriptionBook


def ask(book: SubscriptionBook, *topics: str, op: str = "subscribe") -> str:
    """Note a request; return its id."""
    request_id = book.new_id(0)
    book.sent(Request(request_id=request_id, op=op, topics=topics))
    return request_id


@given(st.lists(st.integers(0, 10), max_size=50))
def test_an_id_is_never_used_again(times: list[int]) -> None:
    """Ids rise whatever the clock does (rule 83)."""
    book = SubscriptionBook()
    ids = [int(book.new_id(now_ms)) for now_ms in times]
    assert ids == sorted(set(ids))


def test_what_is_wanted_outlives_a_connection() -> None:
    """A reconnect is a new session: everything wanted is to be asked for again (rule 87)."""
    book = SubscriptionBook()
    book.want(["b", "a", "b"])
    book.answered(ask(book, "b", "a"), accepted=True)
    assert book.missing() == ()
    book.connection_lost()
    assert book.wanted == ("b", "a")
    assert book.missing() == ("b", "a")
    assert book.live == frozenset()
    assert book.pending == 0


def test_a_late_answer_finds_nobody() -> None:
    """An answer from before a reconnect belongs to no request, and changes nothing."""
    book = SubscriptionBook()
    book.want(["a"])
    request_id = ask(book, "a")
    book.connection_lost()
    assert book.answered(request_id, accepted=True) is None
    assert book.live == frozenset()


def test_an_answer_counts_once() -> None:
    """The second answer with the same id finds nobody."""
    book = SubscriptionBook()
    request_id = ask(book, "a")
    assert book.answered(request_id, accepted=True) is not None
    assert book.answered(request_id, accepted=True) is None


def test_a_refusal_makes_nothing_live() -> None:
    """A refused topic stays missing."""
    book = SubscriptionBook()
    book.want(["a"])
    book.answered(ask(book, "a"), accepted=False)
    assert book.missing() == ("a",)


def test_a_topic_is_not_asked_for_twice_at_a_time() -> None:
    """While a request is under way its topics are missing, but not unasked."""
    book = SubscriptionBook()
    book.want(["a", "b"])
    ask(book, "a")
    assert book.missing() == ("a", "b")
    assert book.unasked() == ("b",)


def test_the_number_of_topics_is_bounded() -> None:
    """One topic too many is refused, and nothing of the call is taken over."""
    book = SubscriptionBook(max_topics=2)
    book.want(["a"])
    with pytest.raises(ConfigurationError, match="2"):
        book.want(["b", "c"])
    assert list(book.wanted) == ["a"]
    book.want(["a", "b"])
    assert list(book.wanted) == ["a", "b"]


def test_an_accepted_unsubscribe_ends_the_topic() -> None:
    """A topic that was dropped is neither wanted nor live."""
    book = SubscriptionBook()
    book.want(["a"])
    book.answered(ask(book, "a"), accepted=True)
    book.drop(["a"])
    book.answered(ask(book, "a", op="unsubscribe"), accepted=True)
    assert (book.wanted, book.live) == ((), frozenset())
    assert not book.is_wanted("a")


def test_requests_for_nothing_but_given_up_topics_are_forgotten() -> None:
    """A request that also asks for another topic is still waited for."""
    book = SubscriptionBook()
    ask(book, "a")
    both = ask(book, "a", "b")
    book.forget_topics(["a"])
    assert book.pending == 1
    assert book.answered(both, accepted=True) is not None


def test_a_forgotten_request_is_handed_back() -> None:
    """Whoever stops waiting learns what went without an answer; the answer finds nobody."""
    book = SubscriptionBook()
    request_id = ask(book, "a")
    assert book.is_pending(request_id)
    forgotten = book.forget(request_id)
    assert forgotten is not None
    assert forgotten.topics == ("a",)
    assert book.forget(request_id) is None
    assert not book.is_pending(request_id)
    assert book.answered(request_id, accepted=True) is None
