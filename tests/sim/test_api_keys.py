"""The store of API keys, without a server (rules 19 to 23)."""

from __future__ import annotations

import pytest

from sixmm.sim.api_keys import ApiKeys, KeyRecord
from sixmm.sim.codes import ExchangeError
from sixmm.sim.credentials import ApiKey


def add(keys: ApiKeys, user: str = "u", *addresses: str) -> KeyRecord:
    """Make a key."""
    return keys.add(ApiKey.make(user, 3, addresses), label="mine", now_ms=5)


def test_a_user_holds_thirty_keys_at_most() -> None:
    """The 31st is 2003, also when keys are switched off; a deleted one makes room (rule 21)."""
    keys = ApiKeys()
    made = [add(keys) for _ in range(30)]
    made[0].active = False
    with pytest.raises(ExchangeError) as caught:
        add(keys)
    assert caught.value.code == 2003

    add(keys, "v")
    keys.remove(made[3].key.api_key)
    add(keys)
    assert len(keys.of("u")) == 30


def test_record_ids_are_texts_of_large_numbers() -> None:
    """No two keys have the same, and a float could not hold it (rule 10)."""
    keys = ApiKeys()
    ids = [add(keys).record_id for _ in range(3)]

    assert len(set(ids)) == 3
    assert all(int(one) > 2**53 for one in ids)


def test_a_key_belongs_to_its_user() -> None:
    """Another user does not find it by its record id: 2002."""
    keys = ApiKeys()
    record = add(keys)

    assert keys.own("u", record.record_id) is record
    with pytest.raises(ExchangeError) as caught:
        keys.own("v", record.record_id)
    assert caught.value.code == 2002


def test_changing_a_key_keeps_its_secret() -> None:
    """Permissions and whitelist change, or stay with None; the pair is the same."""
    keys = ApiKeys()
    record = add(keys, "u", "127.0.0.1")
    before = record.key
    keys.change(record, permissions=1, ip_whitelist=None)
    assert (record.key.permissions, record.key.ip_whitelist) == (1, ("127.0.0.1",))

    keys.change(record, permissions=None, ip_whitelist=[])
    assert (record.key.permissions, record.key.ip_whitelist) == (1, ())
    assert record.key.api_secret == before.api_secret
    assert keys.find(before.api_key) is record


def test_clearing_takes_the_keys_of_one_user() -> None:
    """It tells how many they were, and leaves those of others."""
    keys = ApiKeys()
    gone, kept = [add(keys), add(keys)], add(keys, "v")

    assert keys.clear("u") == 2
    assert keys.clear("u") == 0
    assert keys.find(gone[0].key.api_key) is None
    assert keys.find(kept.key.api_key) is kept


@pytest.mark.parametrize(
    ("peer", "admitted"),
    [
        ("127.0.0.1", True),
        ("::ffff:127.0.0.1", True),
        ("2001:db8::1", True),
        ("2001:0DB8:0:0::1", True),
        ("127.0.0.2", False),
        ("", False),
    ],
)
def test_addresses_are_compared_and_not_their_spelling(peer: str, admitted: bool) -> None:
    """One address can be written in many ways."""
    record = add(ApiKeys(), "u", "127.0.0.1", "2001:db8:0::1")

    assert record.admits(peer) is admitted


def test_without_a_whitelist_every_address_will_do() -> None:
    """An empty list is no list (rule 20)."""
    assert add(ApiKeys()).admits("203.0.113.10")
