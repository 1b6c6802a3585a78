"""Forms of topics, the connections that carry them, and what may share a message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sixmm.errors import ConfigurationError
from sixmm.venues.kucoin import topics
from sixmm.venues.kucoin.enums import Connection
from sixmm.venues.kucoin.topics import (
    FORMS,
    batch_topic,
    batches,
    check_together,
    check_topic,
    connection_of,
    futures_orders,
    futures_positions,
    is_private,
    isolated_position,
    margin_loan,
    market_match,
    pro_topic,
    pro_topic_of,
    single_topics,
    suffix_of,
)

SEED = {
    "/spotMarket/tradeOrders": "spot_private_v1",
    "/spotMarket/tradeOrdersV2": "spot_private_v1",
    "/account/balance": "spot_private_v1",
    "/spotMarket/advancedOrders": "spot_private_v1",
    "/market/match:BTC-USDT": "spot_private_v1",
    "/margin/position": "spot_private_v1",
    "/margin/isolatedPosition:BTC-USDT": "spot_private_v1",
    "/contractMarket/tradeOrders": "futures_private_v1",
    "/contractMarket/tradeOrders:XBTUSDTM": "futures_private_v1",
    "/contractMarket/advancedOrders": "futures_private_v1",
    "/contractAccount/wallet": "futures_private_v1",
    "/contract/position:XBTUSDTM": "futures_private_v1",
    "/contract/positionAll": "futures_private_v1",
    "/contract/marginMode": "futures_private_v1",
    "/contract/crossLeverage": "futures_private_v1",
    "/margin/loan:BTC": "spot_private_v1",
    "orderAll.UNIFIED": "private_pro_v2",
    "order.FUTURES:XBTUSDTM": "private_pro_v2",
    "execution.lite.SPOT": "private_pro_v2",
    "balance.FUNDING": "private_pro_v2",
    "ticker.SPOT:BTC-USDT": "spot_public_pro_v2",
    "kline.FUTURES:XBTUSDTM:1min": "futures_public_pro_v2",
    "mark-price:XBTUSDTM": "futures_public_pro_v2",
}


class TestConnections:
    """The client knows which connection carries a topic."""

    @pytest.mark.parametrize(("topic", "connection"), SEED.items())
    def test_documented_table(self, topic: str, connection: str) -> None:
        """Each topic is on the connection that the table of the documentation says."""
        assert connection_of(topic) == connection
        assert check_topic(topic, connection) == topic

    def test_every_form_has_a_valid_example(self) -> None:
        """The example that an error shows is itself a topic of that form."""
        for form in FORMS.values():
            assert connection_of(form.example) is form.connection

    def test_another_connection(self) -> None:
        """A topic on the wrong connection is refused, with the right one."""
        with pytest.raises(ConfigurationError, match="carried by futures_private_v1 and not by"):
            check_topic("/contract/positionAll", "spot_private_v1")
        with pytest.raises(ConfigurationError, match="spot_public_v1"):
            check_topic("/account/balance", Connection.SPOT_PUBLIC_V1)
        with pytest.raises(ConfigurationError, match="no connection; they are spot_private_v1"):
            check_topic("/account/balance", "spot")

    def test_public_topics_on_private_connections(self) -> None:
        """A connection with a private token carries the public topics of its market as well."""
        assert check_topic("/market/ticker:BTC-USDT", "spot_private_v1")
        assert check_topic("/contractMarket/ticker:X", "futures_private_v1")
        assert check_topic("/market/match:BTC-USDT", "spot_public_v1")
        with pytest.raises(ConfigurationError):
            check_topic("/market/ticker:BTC-USDT", "futures_private_v1")

    def test_privacy(self) -> None:
        """The tape is public unless the old reading is chosen."""
        assert is_private("/account/balance")
        assert is_private("orderAll.UNIFIED")
        assert is_private("risk.UNIFIED")
        assert not is_private("/market/match:BTC-USDT")
        assert is_private("/market/match:BTC-USDT", private_matches=True)
        assert not is_private("/market/ticker:BTC-USDT")
        assert not is_private("ticker.SPOT")
        assert not is_private("")


class TestForms:
    """What is a topic and what is not."""

    @pytest.mark.parametrize(
        ("wrong", "hint"),
        [
            ("/contract/position", "takes one symbol after a colon, as in /contract/position:XBT"),
            ("/contract/position:A,B", "takes one symbol"),
            ("/account/balance:USDT", "takes nothing"),
            ("/market/match:", "takes up to 100 symbols"),
            ("/market/match:A B", "takes up to 100 symbols"),
            ("/market/ticker:" + ",".join(["A"] * 101), "takes up to 100 symbols"),
            ("/new/topic", "the forms are"),
            ("position.UNIFIED", "needs a symbol"),
            ("orderAll.UNIFIED:X", "the forms are"),
            ("orderAll.SOMETHING", "the forms are"),
            ("orderAll", "the forms are"),
            ("order.SPOT:a b", "the forms are"),
            ("", "the forms are"),
        ],
    )
    def test_refused(self, wrong: str, hint: str) -> None:
        """A topic of no form is refused, and the error says what would be right."""
        with pytest.raises(ConfigurationError, match=hint):
            check_topic(wrong)

    @pytest.mark.parametrize("wrong", [None, 5, ["/account/balance"]])
    def test_no_text(self, wrong: object) -> None:
        """What is no text is no topic."""
        with pytest.raises(ConfigurationError, match="is not a topic"):
            check_topic(wrong)  # type: ignore[arg-type]

    def test_makers(self) -> None:
        """There is a function for each form with a parameter."""
        assert market_match("BTC-USDT", "ETH-USDT") == "/market/match:BTC-USDT,ETH-USDT"
        assert isolated_position("BTC-USDT") == "/margin/isolatedPosition:BTC-USDT"
        assert margin_loan("BTC") == "/margin/loan:BTC"
        assert futures_orders() == "/contractMarket/tradeOrders"
        assert futures_orders("XBTUSDTM") == "/contractMarket/tradeOrders:XBTUSDTM"
        assert futures_positions() == "/contract/positionAll"
        assert futures_positions("XBTUSDTM") == "/contract/position:XBTUSDTM"
        assert pro_topic("orderAll") == "orderAll.UNIFIED"
        assert pro_topic("order", "SPOT", "BTC-USDT") == "order.SPOT:BTC-USDT"
        assert pro_topic("kline", "SPOT", "A-B", "1min") == "kline.SPOT:A-B:1min"
        assert pro_topic("mark-price", None, "XBTUSDTM") == "mark-price:XBTUSDTM"

    def test_names(self) -> None:
        """The topics without a parameter have a name, and are what they are called."""
        names = [name for name in topics.__all__ if name.isupper()]
        for name in set(names) - {"FORMS"}:
            assert check_topic(getattr(topics, name)).startswith("/")

    def test_unified(self) -> None:
        """A topic of the unified streams is read; what is none is told."""
        assert pro_topic_of("order.SPOT:BTC-USDT").symbol == "BTC-USDT"
        with pytest.raises(ConfigurationError, match="the forms are"):
            pro_topic_of("/account/balance")

    def test_suffix(self) -> None:
        """A topic is about a symbol where it has exactly one."""
        assert suffix_of("/contract/position:XBTUSDTM") == "XBTUSDTM"
        assert suffix_of("/market/match:A,B") is None
        assert suffix_of("/contract/positionAll") is None


class TestTogether:
    """What may be wanted at once."""

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("/spotMarket/tradeOrders", "/spotMarket/tradeOrdersV2"),
            ("/contractMarket/tradeOrders", "/contractMarket/tradeOrders:XBTUSDTM"),
            ("/contract/position:XBTUSDTM", "/contract/positionAll"),
            ("orderAll.UNIFIED", "order.UNIFIED:XBTUSDTM"),
            ("positionAll.SPOT", "position.SPOT:X"),
            ("execution.SPOT", "execution.lite.SPOT"),
        ],
    )
    def test_what_tells_the_same(self, one: str, other: str) -> None:
        """Two topics that tell the same are refused, because each event would come twice."""
        with pytest.raises(ConfigurationError, match="tell the same: choose one"):
            check_together([one, other])

    def test_what_does_not(self) -> None:
        """Different symbols, accounts and topics go together; a repeat is dropped."""
        wanted = [
            "/contract/position:A",
            "/contract/position:B",
            "/contractMarket/tradeOrders:A",
            "/market/ticker:A",
            "/market/ticker:A,B",
            "orderAll.SPOT",
            "orderAll.FUTURES",
            "/account/balance",
        ]

        assert check_together([*wanted, wanted[0]]) == tuple(wanted)
        with pytest.raises(ConfigurationError, match="is not a topic"):
            check_together(["/x"])


class TestBatches:
    """What may share a message."""

    def test_public_symbols_share(self) -> None:
        """Public topics of one path share a message, others have their own; order is kept."""
        wanted = [
            "/account/balance",
            "/market/ticker:A",
            "/contract/position:X",
            "/market/ticker:B,C",
            "/contract/position:Y",
            "/account/balance",
        ]

        assert batches(wanted) == [
            ("/account/balance",),
            ("/market/ticker:A", "/market/ticker:B,C"),
            ("/contract/position:X",),
            ("/contract/position:Y",),
        ]

    @given(st.lists(st.integers(1, 60), max_size=20))
    def test_a_hundred_at_most(self, sizes: list[int]) -> None:
        """No message has more than a hundred symbols, and none of them is lost or doubled."""
        wanted = [
            "/market/ticker:" + ",".join(f"S{place}-{n}" for n in range(size))
            for place, size in enumerate(sizes)
        ]
        groups = batches(wanted)

        assert [topic for group in groups for topic in group] == wanted
        for group in groups:
            assert batch_topic(group).count(",") < 100

    def test_one_of_each(self) -> None:
        """A topic of several symbols is as many, since each push names one."""
        assert single_topics("/market/match:A,B") == ("/market/match:A", "/market/match:B")
        assert single_topics("/account/balance") == ("/account/balance",)
        assert single_topics("order.SPOT:A-B") == ("order.SPOT:A-B",)

    def test_nothing(self) -> None:
        """No topics need no message, and make none."""
        assert batches([]) == []
        with pytest.raises(ConfigurationError):
            batch_topic([])
