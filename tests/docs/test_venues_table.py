"""The tables of topics and the page of events are what the code says."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
import types
from pathlib import Path

import pytest

from sixmm.events import UnknownEvent
from sixmm.venues import kucoin, rocketfi
from sixmm.venues.kucoin.routes import PRO_EVENTS, PUSH_EVENTS
from sixmm.venues.kucoin.topics import FORMS
from sixmm.venues.rocketfi.decoder import EVENTS
from sixmm.venues.sixmm.decoder import MARKET_EVENTS, PRIVATE_EVENTS, decode

DOCS = Path(__file__).parents[2] / "docs"

SIXMM = {
    "market.depth.{symbol}": {"public"},
    "market.trade.{symbol}": {"public"},
    "market.kline.{symbol}.{interval}": {"public"},
    "market.ticker.{symbol}": {"public"},
    "market.tickers": {"public"},
    "user.{userId}": {"private"},
}
SIXMM_SUBJECTS = {"ORDER_TRADE_UPDATE", "ACCOUNT_UPDATE"}
SPOT, FUTURES = {"spot_private_v1"}, {"futures_private_v1"}
KUCOIN = {
    "/spotMarket/tradeOrders": SPOT,
    "/spotMarket/tradeOrdersV2": SPOT,
    "/account/balance": SPOT,
    "/spotMarket/advancedOrders": SPOT,
    "/market/match:{symbols}": SPOT,
    "/margin/position": SPOT,
    "/margin/isolatedPosition:{symbol}": SPOT,
    "/contractMarket/tradeOrders": FUTURES,
    "/contractMarket/tradeOrders:{symbol}": FUTURES,
    "/contractMarket/advancedOrders": FUTURES,
    "/contractAccount/wallet": FUTURES,
    "/contract/position:{symbol}": FUTURES,
    "/contract/positionAll": FUTURES,
}
"""The reference of private topics in the documentation of a client that others use."""
KUCOIN_OTHERS = {
    "/contract/marginMode": FUTURES,
    "/contract/crossLeverage": FUTURES,
    "/margin/loan:{currency}": SPOT,
    "/spot/tradeFills": SPOT,
}
PRO = {
    "order.{account}:{symbol}",
    "orderAll.{account}",
    "execution.{account}",
    "execution.lite.{account}",
    "balance.{account}",
    "position.{account}:{symbol}",
    "positionAll.{account}",
    "leverage.{account}",
    "lw.{account}",
}
ROCKETFI = {
    "Orderbook",
    "PriceFeed",
    "AssetPriceFeed",
    "FundingRate",
    "InstrumentStats",
    "Candle",
    "LastMatchPrice",
    "OrderEvents",
    "Collateral",
    "Position",
    "AccountRisk",
    "OpenOrders",
    "PositionFunding",
}


@pytest.fixture(scope="module")
def made() -> types.ModuleType:
    """The module that writes the pages."""
    spec = importlib.util.spec_from_file_location("venues_table", DOCS / "venues_table.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # attrs looks its classes' module up.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def connections(made: types.ModuleType, title: str) -> dict[str, set[str]]:
    """Return the connections of each topic of a section."""
    told: dict[str, set[str]] = {}
    for row in made.rows()[title]:
        told.setdefault(row.form, set()).add(row.connection)
    return told


def test_the_pages_are_not_stale(made: types.ModuleType) -> None:
    """Who adds a topic runs ``python -m docs.venues_table``, and this test says so."""
    assert made.TOPICS_PAGE == DOCS / "venues.md"
    assert made.EVENTS_PAGE == DOCS / "venues-events.md"
    assert made.TOPICS_PAGE.read_text(encoding="utf-8") == made.topics_page()
    assert made.EVENTS_PAGE.read_text(encoding="utf-8") == made.events_page()


def test_every_documented_topic_has_a_row(made: types.ModuleType) -> None:
    """The topics that the exchanges' own pages list are there, each with its connection."""
    assert connections(made, "6MM") == SIXMM
    subjects = {one for row in made.rows()["6MM"] for one in row.subjects}
    assert subjects == SIXMM_SUBJECTS
    assert connections(made, "KuCoin") == {**KUCOIN, **KUCOIN_OTHERS}
    assert connections(made, "KuCoin, unified (Pro V2)") == {
        form: {"private_pro_v2"} for form in PRO
    }
    kinds = {form.partition("?")[0] for form in connections(made, "RocketFi")}
    assert kinds == ROCKETFI


def test_every_event_of_a_push_is_told(made: types.ModuleType) -> None:
    """No class that a decoder makes of a push is left out."""
    rows = made.rows()

    def events(title: str) -> set[type]:
        return {row.event for row in rows[title]}

    assert events("6MM") == {cls for cls, _ in MARKET_EVENTS.values()} | {*PRIVATE_EVENTS.values()}
    assert events("KuCoin") == {cls for told in PUSH_EVENTS.values() for cls in told.values()}
    assert events("KuCoin, unified (Pro V2)") == set(PRO_EVENTS.values())
    assert events("RocketFi") == set(EVENTS.values())


def test_the_lines_of_the_page_are_the_rows(made: types.ModuleType) -> None:
    """Each row is one line between the markers, with its event, and links that lead somewhere."""
    table = made.topics_page().partition(made.BEGIN)[2].partition(made.END)[0]
    lines = [line for line in table.splitlines() if line.startswith("| `")]
    rows = [row for section in made.rows().values() for row in section]
    headings = re.findall(r"^### (\w+)$", made.events_page(), re.MULTILINE)

    assert len(headings) == len(set(headings))
    for line, row in zip(lines, rows, strict=True):
        name = row.event.__name__
        assert line.startswith(f"| `{row.form}` | `{row.connection}` | ")
        assert line.count(f"](venues-events.md#{name.lower()})") == 2
        assert name in headings


@pytest.mark.parametrize("title", ["6MM", "KuCoin", "KuCoin, unified (Pro V2)", "RocketFi"])
def test_what_the_page_shows_can_be_decoded(made: types.ModuleType, title: str) -> None:
    """A message that is copied from the page becomes the event above it."""
    section = made.events_page().partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    read = {"6MM": decode, "RocketFi": rocketfi.decode}.get(title, kucoin.decode)
    shown = 0
    for part in section.split("\n### ")[1:]:
        for text in re.findall(r"```json\n(.*?)\n```", part, re.DOTALL):
            event = read(text)
            assert type(event).__name__ == part.partition("\n")[0]
            assert not event.extra
            shown += 1
    assert shown == len(made.rows()[title])


def test_other_topics_of_markets_are_unknown_events() -> None:
    """As the page says of those that it only names."""
    for path in FORMS.keys() - PUSH_EVENTS.keys():
        push = {"topic": f"{path}:A", "type": "message", "subject": "x", "data": {}}
        assert type(kucoin.decode(json.dumps(push))) is UnknownEvent


def test_a_message_is_broken_between_its_members(made: types.ModuleType) -> None:
    """Lines may get long, but no text and no number changes."""
    text = json.dumps({"a,b": ['"x,', "\\", 1.50, "y" * 200], "c": {"d": "e" * 90, "f": [1, 2]}})
    wrapped = made._wrapped(text)
    assert wrapped.replace("\n", "") == text
    assert wrapped.count("\n") > 0
    assert json.loads(wrapped) == json.loads(text)


def test_a_row_without_a_message_is_an_error(made: types.ModuleType) -> None:
    """Who adds a topic also adds a message of it."""
    section = made._sections()[1]
    row = made.Row(form="/new", connection="x", subjects=(), event=section.rows[0].event)
    with pytest.raises(LookupError, match="no message of /new becomes a SpotOrderUpdate"):
        made._example(section, row)
