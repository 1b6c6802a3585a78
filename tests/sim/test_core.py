"""Transactions: log and queues in one piece."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from sixmm.sim.core import Core
from sixmm.sim.engine.account import Account
from sixmm.sim.engine.symbols import DEFAULT_SYMBOLS
from sixmm.sim.hub import Outlet


@pytest.fixture
def core() -> Core:
    """Give a core without a loop, at a time that stands still."""
    return Core(
        DEFAULT_SYMBOLS,
        seed=7,
        listen_key_life_ms=1,
        access_token_life_s=1,
        clock_ms=lambda: 1_800_000_000_000,
    )


@pytest.fixture
def account(core: Core) -> Account:
    """Open an account, with a connection that has joined it."""
    outlet = Outlet(100)
    with core.transaction() as engine:
        account = engine.open_account("a")
        core.hub.add(outlet)
        core.hub.join(outlet, account.user_id)
    return account


def deposit(core: Core, account: Account) -> None:
    """Cause one event."""
    with core.transaction() as engine:
        engine.deposit(account, Decimal(1), core.now_ms())


def test_an_event_is_logged_and_queued_with_one_text(core: Core, account: Account) -> None:
    """What waits for the connection is the text of the log."""
    deposit(core, account)
    (outlet,) = core.hub.outlets()
    (event,) = core.log.after(account.user_id, 0)

    assert list(outlet.queue) == [(event.text, event)]
    assert json.loads(event.text)["topic"] == account.topic
    assert event.ts_ms == 1_800_000_000_000


def test_what_was_pushed_before_an_error_is_logged(core: Core, account: Account) -> None:
    """An error in a transaction hides nothing that has happened."""

    def fail() -> None:
        with core.transaction() as engine:
            engine.deposit(account, Decimal(1), core.now_ms())
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert len(core.log.after(account.user_id, 0)) == 1
    deposit(core, account)
    assert len(core.log.after(account.user_id, 0)) == 2


def test_muted_and_doubled(core: Core, account: Account) -> None:
    """Faults change what is queued, never what is logged."""
    core.faults.muted = True
    deposit(core, account)
    core.faults.muted, core.faults.duplicating = False, True
    deposit(core, account)
    (outlet,) = core.hub.outlets()
    _, second = core.log.after(account.user_id, 0)

    assert [text for text, _ in outlet.queue] == [second.text] * 2


def test_the_skew_is_in_the_told_time_only(core: Core) -> None:
    """The clock that is told is off, the machine's own is not."""
    core.faults.skew_ms = 5

    assert core.now_ms() - core.machine_ms() == 5


def test_accounts_by_name(core: Core, account: Account) -> None:
    """A name finds its account, an unknown one finds None."""
    assert core.account("a") is account
    assert core.account("b") is None
