"""The client of KuCoin before it is started: what it may be made of. The rest is in integration."""

from __future__ import annotations

import traceback
from typing import Any

import pytest

from sixmm.errors import ConfigurationError, ConnectFailed
from sixmm.stream.options import SessionOptions
from sixmm.transport.base import HttpRequest, HttpResponse
from sixmm.transport.memory import MemoryHttp, MemoryWs
from sixmm.venues import kucoin
from sixmm.venues.kucoin import Connection, KuCoinClient
from sixmm.venues.kucoin.client import _BACKOFF, _REQUEST_PACE, REGIONS
from sixmm.venues.kucoin.limits import DIALS_PER_MINUTE, MESSAGES_PER_TEN_SECONDS

KEY = ("my-api-key", "the-secret-of-it", "a pass phrase")


def quiet() -> dict[str, Any]:
    """Return transports on which nothing answers."""

    def nobody(_: HttpRequest) -> HttpResponse:
        raise ConnectFailed("nobody is there")

    return {"http": MemoryHttp(nobody), "ws": MemoryWs(lambda *_: None)}


def make(*key: Any, **options: Any) -> KuCoinClient:
    """Return a client without a network."""
    return KuCoinClient(*key, **{**quiet(), **options})


def wanted(client: KuCoinClient) -> dict[str, set[str]]:
    """Return the topics that are asked for at each connection, by its name."""
    pairs = zip(client._plans, client._shares, strict=True)
    return {plan.name: set(shared.desk.wanted()) for plan, shared in pairs}


def test_the_package_hands_it_out() -> None:
    """It is imported when it is first asked for."""
    assert kucoin.KuCoinClient is KuCoinClient


def test_what_a_client_with_a_key_asks_for() -> None:
    """The topics of the account, on the two connections that carry them."""
    assert wanted(make(*KEY)) == {
        "spot_private_v1": {"/spotMarket/tradeOrdersV2", "/account/balance"},
        "futures_private_v1": {
            "/contractMarket/tradeOrders",
            "/contractAccount/wallet",
            "/contract/positionAll",
        },
        "spot_public_v1": set(),
        "futures_public_v1": set(),
    }


def test_a_unified_account() -> None:
    """One connection, and its channels."""
    client = make(*KEY, connections="private_pro_v2")
    assert wanted(client) == {
        "private_pro_v2": {
            "orderAll.UNIFIED",
            "execution.UNIFIED",
            "balance.UNIFIED",
            "positionAll.UNIFIED",
        }
    }


def test_a_client_without_a_key_follows_markets() -> None:
    """A private connection is not made in vain."""
    assert set(wanted(make())) == {"spot_public_v1", "futures_public_v1"}
    with pytest.raises(ConfigurationError, match="spot_private_v1 needs api_key"):
        make(connections=[Connection.SPOT_PRIVATE_V1])


def test_the_public_unified_streams_are_chosen_by_name() -> None:
    """They need no key, and are not among what a client has unless it is told."""
    client = make(connections=["futures_public_pro_v2", "spot_public_pro_v2"])
    assert wanted(client) == {"futures_public_pro_v2": set(), "spot_public_pro_v2": set()}
    topics = ("ticker.SPOT:BTC-USDT", "obu.FUTURES:XBTUSDTM:5", "mark-price:XBTUSDTM")
    carrying = [
        [plan.name for plan in client._plans if plan.venue.carries(topic)] for topic in topics
    ]
    assert carrying == [
        ["spot_public_pro_v2"],
        ["futures_public_pro_v2"],
        ["futures_public_pro_v2"],
    ]
    assert not [plan for plan in client._plans if plan.private or plan.starts]


def test_private_connections_come_first() -> None:
    """What two connections may carry goes to the private one, in whatever order they are named."""
    client = make(*KEY, connections=["spot_public_v1", Connection.SPOT_PRIVATE_V1])
    assert list(wanted(client)) == ["spot_private_v1", "spot_public_v1"]


def test_the_caller_chooses_the_topics_of_the_account() -> None:
    """One text is one topic, several symbols are one topic each, and none is none."""
    client = make(*KEY, account_topics="/account/balance")
    assert {topic for topics in wanted(client).values() for topic in topics} == {"/account/balance"}
    client = make(*KEY, account_topics=["/market/match:BTC-USDT,ETH-USDT"])
    assert wanted(client)["spot_private_v1"] == {
        "/market/match:BTC-USDT",
        "/market/match:ETH-USDT",
    }
    assert not any(wanted(make(*KEY, account_topics=[])).values())
    with pytest.raises(ConfigurationError, match="no private connection"):
        make(*KEY, account_topics=["orderAll.UNIFIED"])


@pytest.mark.parametrize(
    "topics",
    [
        ("/contractMarket/tradeOrders:XBTUSDTM",),
        ("/spotMarket/tradeOrders",),
        ("/contract/position:XBTUSDTM", "/contract/positionAll"),
    ],
)
def test_topics_that_tell_the_same_are_refused(topics: tuple[str, ...]) -> None:
    """Each event would come twice; nothing is asked for."""
    client = make(*KEY)
    before = wanted(client)
    with pytest.raises(ConfigurationError, match="tell the same"):
        client.subscribe(*topics)
    assert wanted(client) == before


@pytest.mark.parametrize(
    "options",
    [
        {"connections": []},
        {"connections": ["spot"]},
        {"connections": [7]},
        {"connections": ["spot_public_pro_v3"]},
        {"region": "moon"},
        {"key_version": 1},
        {"rotate_after": 0},
        {"rotate_after": 100_000.0},
        {"rest_url": "http://example.com"},
        {"futures_url": "http://example.com"},
        {"pro_url": "ws://example.com"},
        {"pro_url": "https://example.com"},
        {"pro_spot_url": "ws://example.com"},
        {"pro_futures_url": "https://example.com"},
        {"pro_login_by": "cookie"},
        {"account_topics": ["nonsense"]},
        {"deliver": "some"},
    ],
)
def test_arguments_that_cannot_work(options: dict[str, Any]) -> None:
    """They are refused at once, by name."""
    with pytest.raises(ConfigurationError):
        make(*KEY, **options)


@pytest.mark.parametrize("key", [KEY[:1], KEY[:2], (None, *KEY[1:]), ("a key", *KEY[1:])])
def test_a_key_is_whole(key: tuple[str | None, ...]) -> None:
    """A part that is missing, or that cannot be sent, is told; no secret is in the text."""
    with pytest.raises(ConfigurationError) as caught:
        make(*key)
    shown = "".join(traceback.format_exception(caught.value))
    assert not any(secret in shown for secret in KEY if secret)


def test_a_passphrase_is_any_text() -> None:
    """It is signed with and not sent, so that it may have spaces; but not be of any length."""
    make(*KEY[:2], "with spaces and ä")
    with pytest.raises(ConfigurationError, match="passphrase"):
        make(*KEY[:2], "x" * 5_000)


def test_plain_connections_are_for_this_machine() -> None:
    """A server of one's own, for tests."""
    make(
        *KEY, rest_url="http://127.0.0.1:1", futures_url="http://[::1]:1", pro_url="ws://localhost"
    )
    with pytest.raises(ConfigurationError, match="verify"):
        make(*KEY, verify=False)


def test_the_environment() -> None:
    """It is read where nothing else is said; the arguments go before it."""
    environ = {
        "KUCOIN_API_KEY": KEY[0],
        "KUCOIN_API_SECRET": KEY[1],
        "KUCOIN_PASSPHRASE": KEY[2],
        "KUCOIN_KEY_VERSION": "2",
        "KUCOIN_REGION": "europe",
        "KUCOIN_FUTURES_URL": "https://futures.test",
    }
    client = KuCoinClient.from_env(environ, **quiet())
    with pytest.raises(ConfigurationError, match="pro_login_by"):
        KuCoinClient.from_env({**environ, "KUCOIN_PRO_LOGIN_BY": "cookie"}, **quiet())
    urls = {plan.name: plan.rest_url for plan in client._plans}
    assert urls["spot_private_v1"] == REGIONS["europe"].spot
    assert urls["futures_private_v1"] == "https://futures.test"
    for wrong in ("1", "three"):
        with pytest.raises(ConfigurationError, match="key_version"):
            KuCoinClient.from_env({**environ, "KUCOIN_KEY_VERSION": wrong}, **quiet())


def test_the_figures_keep_the_limits_of_the_exchange() -> None:
    """Requests in ten seconds with room for pings, and dials in a minute of two connections."""
    assert _REQUEST_PACE.burst + 10 * _REQUEST_PACE.per_second <= MESSAGES_PER_TEN_SECONDS - 10
    # A stable link that ends is dialled again at once, and once more within the first bound; two
    # such in a minute are all there is time for.
    assert 2 * 2 * (60.0 / _BACKOFF.stable_after) <= DIALS_PER_MINUTE
    client = make(*KEY)
    options = client._shares[0].options
    assert (options.audit_interval, options.request_pace) == (None, _REQUEST_PACE)
    assert options.backoff == _BACKOFF
    options = make(*KEY, options=SessionOptions(ack_timeout=3.0))._shares[0].options
    assert (options.ack_timeout, options.request_pace) == (3.0, _REQUEST_PACE)
