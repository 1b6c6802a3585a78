"""The check of signatures, on vectors that were made without this code."""

from __future__ import annotations

import pytest

from sixmm.sim.kucoin import ApiKey, KuCoinError
from sixmm.sim.kucoin.signing import VERIFY, Keys, sign, signed_part

NOW_MS = 1_700_000_000_000
KEY = ApiKey(user_id="u", api_key="k", api_secret="secret", passphrase="passphrase")
BULLET = signed_part("POST", "/api/v1/bullet-private", b"")


def headers(**changes: str) -> dict[str, str]:
    """Return headers that are good, but for the changes."""
    fields = {
        "kc-api-key": "k",
        "kc-api-sign": "sigrgFlHvwzJnjraKWugFacllwle1J+2Cd2wTF5/40g=",
        "kc-api-timestamp": str(NOW_MS),
        "kc-api-passphrase": "sWd5rQWAxDzYJTY6K2sov6seA0l3uNP70anWxITg8IA=",
        "kc-api-key-version": "3",
    }
    return fields | {name.replace("_", "-"): value for name, value in changes.items()}


@pytest.fixture
def keys() -> Keys:
    """Give the keys of an exchange that has one."""
    made = Keys()
    made.add(KEY)
    return made


def test_vectors() -> None:
    """Signature, passphrase and the text of the auth frame are those of the check vectors."""
    assert sign("secret", f"{NOW_MS}".encode() + BULLET) == headers()["kc-api-sign"]
    assert sign("secret", b"passphrase") == headers()["kc-api-passphrase"]
    assert sign("secret", f"{NOW_MS}".encode() + VERIFY) == (
        "vmCBTPPAr+ifFaNreY14YhuuNmvfo+yuKIvSSgVK0Do="
    )


@pytest.mark.parametrize("version", ["2", "3"])
def test_a_good_call_is_let_in(keys: Keys, version: str) -> None:
    """Both key versions are."""
    fields = headers(kc_api_key_version=version)

    assert keys.caller(fields, BULLET, "127.0.0.1", NOW_MS + 4_000) is KEY


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kc_api_key": ""}, "400001"),
        ({"kc_api_sign": ""}, "400001"),
        ({"kc_api_timestamp": ""}, "400001"),
        ({"kc_api_passphrase": ""}, "400001"),
        ({"kc_api_timestamp": str(NOW_MS - 5_001)}, "400002"),
        ({"kc_api_timestamp": str(NOW_MS + 5_001)}, "400002"),
        ({"kc_api_timestamp": "soon"}, "400002"),
        ({"kc_api_timestamp": "17e11"}, "400002"),
        ({"kc_api_key": "other"}, "400003"),
        ({"kc_api_passphrase": "passphrase"}, "400004"),
        ({"kc_api_sign": "sigrgFlHvwzJnjraKWugFacllwle1J+2Cd2wTF5/40h="}, "400005"),
        ({"kc_api_sign": "ü"}, "400005"),
        ({"kc_api_key_version": "1"}, "400008"),
    ],
)
def test_each_fault_has_its_code(keys: Keys, changes: dict[str, str], code: str) -> None:
    """What is missing, late, unknown or wrong is told apart."""
    with pytest.raises(KuCoinError) as refused:
        keys.caller(headers(**changes), BULLET, "127.0.0.1", NOW_MS)
    assert refused.value.code == code


def test_the_body_is_signed(keys: Keys) -> None:
    """A body that was not signed is refused."""
    with pytest.raises(KuCoinError) as refused:
        keys.caller(headers(), BULLET + b"{}", "127.0.0.1", NOW_MS)
    assert refused.value.code == "400005"


def test_the_target_is_signed_without_percent_signs() -> None:
    """The documentation signs what was not encoded."""
    assert signed_part("GET", "/a?b=c%20d", b"") == b"GET/a?b=c d"
    assert signed_part("GET", "/a?b=\udcff", b"x") == b"GET/a?b=\xffx"


def test_addresses(keys: Keys) -> None:
    """A key with a list of addresses is good from those only."""
    keys.add(
        ApiKey(
            user_id="u",
            api_key="k",
            api_secret="secret",
            passphrase="passphrase",
            addresses=("10.0.0.1",),
        )
    )
    with pytest.raises(KuCoinError) as refused:
        keys.caller(headers(), BULLET, "127.0.0.1", NOW_MS)
    assert refused.value.code == "400006"


def test_a_removed_key_is_unknown(keys: Keys) -> None:
    """It is as if it had never been."""
    keys.remove("k")
    with pytest.raises(KuCoinError) as refused:
        keys.caller(headers(), BULLET, "127.0.0.1", NOW_MS)
    assert refused.value.code == "400003"


def test_secrets_are_not_shown() -> None:
    """A key that is printed tells neither secret nor passphrase."""
    assert "secret" not in repr(KEY)
    assert "passphrase" not in repr(KEY)
