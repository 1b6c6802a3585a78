"""What authenticates is taken out by its name and by its value; everything else stays as it is."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.records.cleaning import Cleaner, is_secret_name
from sixmm.redaction import Secret

CANARY = "cAnary/7f3a+9b=="


@pytest.fixture
def cleaner() -> Cleaner:
    """A cleaner that has met nothing yet."""
    return Cleaner()


def _forms(value: str) -> list[str]:
    data = value.encode()
    return [
        value,
        quote(value, safe=""),
        data.hex(),
        data.hex().upper(),
        base64.b64encode(data).decode(),
        base64.urlsafe_b64encode(data).decode(),
    ]


@pytest.mark.parametrize(
    "name",
    [
        *("signature", "sign", "listenKey", "listen_key", "token", "accessToken", "apiKey"),
        *("X-API-KEY", "Authorization", "Cookie", "Set-Cookie", "password", "newPassword"),
        *("api_secret", "passphrase", "ticket", "embedToken", "refreshToken"),
        *("KC-API-SIGN", "kc-api-sign", "kc-api-key", "kc-api-passphrase"),
    ],
)
def test_secret_names(name: str) -> None:
    """Whatever the way of writing, the name of a secret is known."""
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    ["symbol", "positionSide", "apiKeyId", "tokenType", "assetType", "design", "timestamp", "key"],
)
def test_other_names(name: str) -> None:
    """What only tells something about a secret, or about none, stays."""
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    "text",
    [
        '{"listenKey":"%s"}',
        '{"data":{"accessToken":"%s","n":1.50}}',
        '{"a":[{"Password":"%s"}]}',
        '{"token":{"value":["%s"]}}',
        '{"token":"%s","token":"x"}',
        '{"data":{"token":"%s"},"data":1}',
        '{"inner":"{\\"token\\":\\"%s\\"}"}',
        '{"message":"bad token=%s"}',
        '{"\\u0074oken":"%s"}',
        "token=%s&x=1",
        "<p>token: %s</p>",
        '{"token":"%s"',
        '{"token":"%s","x":"\\ud800"}',
    ],
)
def test_by_name(cleaner: Cleaner, text: str) -> None:
    """A secret under its name is taken out of a message, wherever in it and however broken it is.

    Nobody holds it: it is the server's.
    """
    assert "4711" not in cleaner.text(text % "hush-4711-hush")


def test_numbers(cleaner: Cleaner) -> None:
    """A password that is a number is one; the expiry of a token is none."""
    assert json.loads(cleaner.text('{"password":123456,"tokenTtl":60,"token":null}')) == {
        "password": "***",
        "tokenTtl": 60,
        "token": None,
    }


@pytest.mark.parametrize("form", _forms(CANARY))
def test_by_value(cleaner: Cleaner, form: str) -> None:
    """What a living secret holds is taken out under any name, and in each usual form."""
    kept = Secret(CANARY)

    assert form not in cleaner.text(json.dumps({"note": f"x{form}y"}))
    assert form not in cleaner.text(f"not JSON: {form}")
    assert form not in cleaner.url(f"https://host/{form}?note={quote(form, safe='')}")
    assert kept


def test_escaped(cleaner: Cleaner) -> None:
    """An escape does not hide a secret from the search: it would come out when it is read."""
    kept = Secret(CANARY)
    escaped = CANARY.replace("/", "\\/").replace("c", "\\u0063")
    text = f'{{"note":"{escaped}"}}'

    assert json.loads(text)["note"] == CANARY
    assert CANARY not in json.loads(cleaner.text(text))["note"]
    assert kept


@pytest.mark.parametrize("form", _forms(CANARY))
def test_repeated(cleaner: Cleaner, form: str) -> None:
    """What was under the name of a secret is taken out where it is repeated later."""
    cleaner.text(json.dumps({"data": {"listenKey": CANARY}}))

    assert form not in cleaner.text(json.dumps({"note": form}))
    assert cleaner.messages(['{"a":1}', json.dumps({"note": form})])[0] == '{"a":1}'
    assert form not in cleaner.messages([json.dumps({"note": form})])[0]


def test_only_masked(cleaner: Cleaner) -> None:
    """An ordinary word under a name that sounds secret is not hunted everywhere."""
    cleaner.text('{"passwordState":"ENABLED"}')
    cleaner.headers({"Authorization": "Bearer abc"})

    assert cleaner.text('{"state":"ENABLED Bearer"}') == '{"state":"ENABLED Bearer"}'


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text("abc 123", max_size=8),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from("abcxyz"), inner),
    )
)
def test_the_rest_stays(value: object) -> None:
    """A message without a secret is kept byte for byte, with its spaces and its escapes."""
    text = json.dumps(value, indent=1) + ' "\\u0061"'

    assert Cleaner().text(text) == text
    assert Cleaner().messages([text, text]) == [text, text]


def test_amounts_stay_exact(cleaner: Cleaner) -> None:
    """A message that has to be written again keeps the digits of its numbers (rule 9)."""
    text = '{"token":"abcdefgh","price":67000.10,"n":12345678901234567890}'

    assert '"price":67000.10,"n":12345678901234567890' in cleaner.text(text)


def test_address(cleaner: Cleaner) -> None:
    """An address keeps host, path and the names of its parameters."""
    url = "wss://6mm.com/ws?listenKey=abcdefgh&x=1&signature=0f0f0f0f"

    assert cleaner.url(url) == "wss://6mm.com/ws?listenKey=***&x=1&signature=***"
    assert cleaner.url("https://me:hush@host/a") == "https://host/a"
    assert cleaner.url("https://host") == "https://host"


def test_headers(cleaner: Cleaner) -> None:
    """Of the headers only a few that help are kept; cookies keep their names."""
    headers = {
        "Authorization": f"Bearer {CANARY}",
        "Content-Type": "application/json",
        "X-Secret-Thing": "a",
        "X-Request-ID": "sixmm-1",
    }

    assert cleaner.headers(headers) == {
        "content-type": "application/json",
        "x-request-id": "sixmm-1",
    }
    assert cleaner.cookies({"refresh": "0123456789"}) == {"refresh": "***"}
    assert "0123456789" not in cleaner.text('{"note":"0123456789"}')


def test_signatures_do_not_push_out_what_lasts(cleaner: Cleaner) -> None:
    """Each call has another, and a token that is met once is looked for all the while."""
    cleaner.headers({"Authorization": f"Bearer {CANARY}"})
    for number in range(100):
        cleaner.headers({"KC-API-SIGN": f"signature-{number:06}", "X-Signature": f"{number:020}"})

    assert CANARY not in cleaner.text(f'{{"note":"{CANARY}"}}')
    assert "signature-000099" not in cleaner.text('{"note":"signature-000099"}')
