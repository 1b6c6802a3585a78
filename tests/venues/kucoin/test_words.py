"""The words and names that the streams and the REST API are brought to."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sixmm.venues.kucoin.enums import ProOrderStatus, Side
from sixmm.venues.kucoin.words import (
    RANKS,
    OrderWord,
    account_name,
    amount_or_none,
    balance_key,
    fill_key,
    plain,
    pro_word,
    set_leverage,
)


def test_every_word_has_a_rank() -> None:
    """A life goes from new over open and partly filled to its end, of which there are two."""
    assert [RANKS[word] for word in OrderWord] == [0, 1, 2, 3, 3]
    assert RANKS["filled"] == 3
    assert str(OrderWord.MATCH) == "match"


@pytest.mark.parametrize(
    ("status", "filled", "word"),
    [
        (ProOrderStatus.NOT_TRIGGERED, None, "new"),
        (ProOrderStatus.TRIGGERED, None, "open"),
        (ProOrderStatus.LIVE, Decimal(0), "open"),
        (ProOrderStatus.LIVE, Decimal(1), "match"),
        (ProOrderStatus.FILLED, Decimal(1), "filled"),
        (ProOrderStatus.PARTIALLY_FILLED, None, "match"),
        (ProOrderStatus.CANCELED, Decimal(0), "canceled"),
        (ProOrderStatus.PARTIALLY_CANCELED, Decimal(1), "canceled"),
        (99, None, "open"),
        (None, None, "open"),
    ],
)
def test_status_of_a_unified_order(status: int | None, filled: Decimal | None, word: str) -> None:
    """Each status has its word, and an unknown one counts as open."""
    assert pro_word(status, filled) == word


def test_names() -> None:
    """Fills and balances have names that are unique within all accounts."""
    assert fill_key("BTC-USDT", "5", "o1") == "BTC-USDT:5:o1"
    assert fill_key("BTC-USDT", "5", "o1") != fill_key("BTC-USDT", "5", "o2")
    assert fill_key(None, "5", "o1") == ":5:o1"
    assert balance_key("trade", "USDT") == "trade:USDT"


def test_account_names() -> None:
    """The old and the new spelling of an account are one name."""
    assert account_name("trade_hf") == account_name("trade") == "trade"
    assert account_name("marginV2") == account_name("margin_hf") == "margin"
    assert account_name("isolatedV2_BTC-USDT") == "isolated_BTC-USDT"
    assert account_name("main") == "main"


def test_values() -> None:
    """What does not apply is None, and a member is plain text."""
    assert amount_or_none(Decimal(0)) is None
    assert amount_or_none(Decimal(2)) == 2
    assert type(plain(Side.BUY)) is str
    assert plain(None) is None


def test_leverage() -> None:
    """A leverage that was set is told; one that follows the price, or has a fraction, is not."""
    assert set_leverage(Decimal("3.0"), "CROSS") == 3
    assert set_leverage(Decimal(3), None) == 3
    assert set_leverage(Decimal("3.5"), "CROSS") is None
    assert set_leverage(Decimal(5), "ISOLATED") is None
    assert set_leverage(None, "CROSS") is None
