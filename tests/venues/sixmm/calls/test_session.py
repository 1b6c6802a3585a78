"""The calls that start, renew and end a login."""

from __future__ import annotations

import attrs
import pytest

from sixmm.errors import ConfigurationError, DecodeError
from sixmm.redaction import Secret
from sixmm.venues.base import Auth, Call, Credentials
from sixmm.venues.sixmm import calls
from sixmm.venues.sixmm.envelope import parse

from ..examples import success

TICKET = calls.exchange_ticket(ticket=Secret("c4n4ry-ticket"))
EMBED = calls.exchange_embed_token(embed_token="c4n4ry-token", channel_id="ch-1", device_id="d")
LOGIN = calls.login(username="demo", password=Secret("pw"))


@pytest.mark.parametrize("call", [LOGIN, calls.refresh_token(), TICKET, EMBED])
def test_a_login_gives_credentials(call: Call) -> None:
    """A token comes as a secret with its end in milliseconds (rules 7, 25, 27)."""
    got = parse(call, success({"accessToken": "t", "accessExpire": 1769676656}))

    assert isinstance(got, Credentials)
    assert got.access_token == Secret("t")
    assert got.access_expires_at_ms == 1_769_676_656_000
    assert parse(call, success({"accessToken": "t"})).access_expires_at_ms is None


def test_bodies() -> None:
    """What is not given is left out."""
    assert LOGIN.body == {"username": "demo", "password": "pw"}
    assert TICKET.body == {"ticket": "c4n4ry-ticket"}
    assert EMBED.body == {"embedToken": "c4n4ry-token", "channelId": "ch-1", "deviceId": "d"}


def test_a_ticket_tells_where_to_go_and_keeps_the_cookie() -> None:
    """The login of an agent's ticket has the advised path, and the cookies like any login."""
    response = success({"accessToken": "t", "redirectPath": "/trade"})
    got = parse(TICKET, attrs.evolve(response, cookies={"session": "c"}))

    assert got.redirect_path == "/trade"
    assert got.cookies == {"session": Secret("c")}


def test_no_login_is_sent_again_by_itself() -> None:
    """What starts, renews or ends a login changes state."""
    made = [LOGIN, calls.refresh_token(), calls.logout(), TICKET, EMBED]

    assert all(call.writes for call in made)
    assert [call.auth for call in made] == [
        Auth.NONE,
        Auth.COOKIE,
        Auth.TOKEN_AND_COOKIE,
        Auth.NONE,
        Auth.NONE,
    ]


def test_a_token_is_required() -> None:
    """A login reply without a token is not a login."""
    with pytest.raises(DecodeError, match="accessToken"):
        parse(calls.refresh_token(), success({"accessExpire": 5}))


@pytest.mark.parametrize("data", [None, {}, {"odd": 1}])
def test_a_logout_may_say_nothing(data: object) -> None:
    """The reply of a logout is undocumented, so an empty one is a success (rule 111)."""
    assert parse(calls.logout(), success(data)).extra == (data or {})


def test_secrets_do_not_show() -> None:
    """The representation of a call leaves its body out, and a refusal its value."""
    assert "c4n4ry" not in repr(TICKET) + repr(EMBED)
    with pytest.raises(ConfigurationError, match="ticket must be a Secret or text, and not empty"):
        calls.exchange_ticket(ticket="")
    with pytest.raises(ConfigurationError) as caught:
        calls.login(username="demo", password=["c4n4ry"])  # type: ignore[arg-type]
    assert "c4n4ry" not in str(caught.value)


def test_texts_have_their_documented_length() -> None:
    """A device or a channel has a name of a bounded length."""
    with pytest.raises(ConfigurationError, match="device_id must be text of 1 to 64 characters"):
        calls.login(username="demo", password="pw", device_id="x" * 65)
    with pytest.raises(ConfigurationError, match="channel_id"):
        calls.exchange_embed_token(embed_token="t", channel_id="")
