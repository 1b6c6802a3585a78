"""Lives of listen keys, tokens and signatures, with a clock that the test moves."""

from __future__ import annotations

import pytest

from sixmm.sim.codes import ExchangeError
from sixmm.sim.credentials import ApiKey, ListenKeys, ReplayMemory, Sessions

HOUR = 3_600_000


def code(call: object, *args: object) -> int:
    """Return the code that a call is refused with."""
    with pytest.raises(ExchangeError) as caught:
        call(*args)  # type: ignore[operator]
    return caught.value.code


def test_a_listen_key_lives_its_life_and_a_renewal_gives_it_another() -> None:
    """60 minutes from the creation, and 60 from each renewal (rules 71, 73)."""
    keys = ListenKeys(HOUR)
    text, until = keys.create("u", 1000)

    assert until == 1000 + HOUR
    assert keys.owner(text, until - 1) == "u"
    assert keys.owner(text, until) is None
    assert keys.renew("u", text, until - 1) == until - 1 + HOUR
    assert keys.owner(text, until) == "u"
    assert keys.next_end(until) == until - 1 + HOUR


def test_an_account_has_one_listen_key_at_a_time() -> None:
    """Asking again gives the living key with a full life, and a new one after its end."""
    keys = ListenKeys(HOUR)
    first, _ = keys.create("u", 0)
    again, until = keys.create("u", 10)
    other, _ = keys.create("v", 10)
    later, _ = keys.create("u", until)

    assert again == first
    assert len({first, other, later}) == 3
    assert keys.owner(first, until) is None


def test_a_dead_or_foreign_listen_key_is_2002() -> None:
    """Renewing and closing work on a living key of one's own only."""
    keys = ListenKeys(HOUR)
    text, _ = keys.create("u", 0)
    keys.create("v", 0)

    assert code(keys.renew, "v", text, 1) == 2002
    keys.close("u", text, 1)
    assert code(keys.renew, "u", text, 1) == 2002
    assert code(keys.close, "u", text, 1) == 2002
    keys.expire(None, 5)
    assert keys.next_end(5) is None


def test_a_signature_is_remembered_for_twenty_seconds() -> None:
    """A repeat within the window is 3004, one of another key or after it is new (rule 41)."""
    memory = ReplayMemory()
    memory.check("k", "s", 0)

    assert code(memory.check, "k", "s", 19_999) == 3004
    memory.check("other", "s", 19_999)
    memory.check("k", "s", 20_000)


def test_the_memory_of_signatures_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound the oldest are forgotten, and time empties the memory."""
    monkeypatch.setattr(ReplayMemory, "MOST", 10)
    memory = ReplayMemory()
    for number in range(100):
        memory.check("k", str(number), 0)

    assert len(memory) == 10
    memory.check("k", "new", 20_000)
    assert len(memory) == 1


def test_tokens_end_are_revoked_and_refreshed() -> None:
    """Unknown 1003, too old 1002, logged out 1004; the cookie gives new ones (rules 25, 26)."""
    sessions = Sessions(60)
    session = sessions.login("u")
    token, expire_s = sessions.issue(session, 5_000)

    assert expire_s == 65
    assert sessions.check(token, 64_999) is session
    assert code(sessions.check, token, 65_000) == 1002
    assert code(sessions.check, token[:-1], 5_000) == 1003
    fresh, _ = sessions.issue(sessions.by_cookie(session.cookie), 65_000)
    assert sessions.check(fresh, 65_000) is session
    sessions.logout(session)
    assert code(sessions.check, fresh, 65_000) == 1004
    assert code(sessions.by_cookie, session.cookie) == 1003
    assert code(sessions.by_cookie, None) == 1001


def test_a_skewed_clock_shows_in_what_is_told_only() -> None:
    """The end that is told is off by the skew; the real one is not."""
    sessions = Sessions(60)
    token, expire_s = sessions.issue(sessions.login("u"), 0, skew_ms=100_000)

    assert expire_s == 160
    assert code(sessions.check, token, 60_000) == 1002


@pytest.mark.parametrize(("permissions", "addresses"), [(0, ()), (8, ()), (3, ("::1",) * 21)])
def test_bounds_of_a_key(permissions: int, addresses: tuple[str, ...]) -> None:
    """Permissions lie in 1 to 7 and a whitelist has at most 20 addresses (rules 19, 20)."""
    with pytest.raises(ValueError, match=r"permissions|whitelist"):
        ApiKey.make("u", permissions, addresses)


def test_a_key_does_not_show_its_secret() -> None:
    """The secret is in no repr."""
    key = ApiKey.make("u", 3, ())

    assert key.api_secret not in repr(key)
