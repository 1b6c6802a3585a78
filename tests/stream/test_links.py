"""The link in use and the one that is to follow it: whoever ends them, none is forgotten open."""

from __future__ import annotations

import attrs

from sixmm.clock import Deadline, ManualClock
from sixmm.errors import ConnectionClosed, DeadlineExceeded
from sixmm.stream.links import Links
from sixmm.transport.base import WsLink


@attrs.define(eq=False)
class _Link:
    """Notes how it was ended."""

    ended: list[str] = attrs.field(factory=list)

    def close(self, *, code: int, deadline: Deadline) -> None:
        """Note the close frame, which may take no longer than a frame may."""
        assert deadline.remaining() == 5.0
        self.ended.append(f"close {code}")

    def abort(self) -> None:
        """Note the end."""
        self.ended.append("abort")


def link() -> tuple[_Link, WsLink]:
    """Return a link, twice."""
    made = _Link()
    return made, made  # type: ignore[return-value]


def links() -> Links:
    """Return links of which there are none yet."""
    return Links(clock=ManualClock(), send_timeout=5.0)


FAILURE = DeadlineExceeded("something")


def test_one_link_takes_the_place_of_another() -> None:
    """The one that goes out of use is ended politely; the other is left alone."""
    all_links = links()
    (old, old_link), (new, new_link) = link(), link()
    all_links.open(old_link)
    all_links.add_spare(new_link)
    assert all_links.current is old_link
    all_links.swap()
    assert all_links.current is new_link
    all_links.drop_spare()
    all_links.drop_spare()
    assert (old.ended, new.ended) == (["close 1000", "abort"], [])


def test_whoever_replaces_a_link_is_asked_for_the_reason() -> None:
    """It is told once, in place of what the reader saw, which is its cause."""
    all_links = links()
    (made, made_link) = link()
    all_links.open(made_link)
    all_links.replace("the key is over")
    assert made.ended == ["close 1000", "abort"]
    told = all_links.reason_for(FAILURE)
    assert isinstance(told, ConnectionClosed)
    assert (told.reason, told.__cause__) == ("the key is over", FAILURE)
    assert all_links.reason_for(FAILURE) is FAILURE


def test_what_is_not_there_is_not_replaced() -> None:
    """The next failure has its own reason."""
    all_links = links()
    all_links.replace("the key is over")
    assert all_links.reason_for(FAILURE) is FAILURE


def test_a_new_link_has_no_reason_yet() -> None:
    """That of the one before was not asked for."""
    all_links = links()
    all_links.open(link()[1])
    all_links.replace("the key is over")
    all_links.open(link()[1])
    assert all_links.reason_for(FAILURE) is FAILURE


def test_the_end_is_the_end_of_both() -> None:
    """Whichever is in use."""
    all_links = links()
    (one, one_link), (other, other_link) = link(), link()
    all_links.open(one_link)
    all_links.add_spare(other_link)
    all_links.abort()
    assert (one.ended, other.ended) == (["abort"], ["abort"])
    all_links.forget()
    assert all_links.current is None
    all_links.abort()
    assert (one.ended, other.ended) == (["abort"] * 2, ["abort"] * 2)
