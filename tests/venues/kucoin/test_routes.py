"""Which class a push becomes."""

from __future__ import annotations

import attrs

from sixmm.venues.kucoin.pro_topics import PRO_CHANNELS
from sixmm.venues.kucoin.routes import (
    PRO_EVENTS,
    PUSH_EVENTS,
    TOLD_BY_TOPIC,
    class_of,
    pro_class_of,
)
from sixmm.venues.kucoin.stream_schema import FuturesOrderUpdate, MarginDebtRatio
from sixmm.venues.kucoin.topics import FORMS


def test_every_private_topic_has_a_class() -> None:
    """Whatever private topic can be asked for is typed."""
    private = {path for path, form in FORMS.items() if form.is_private}

    assert private <= set(PUSH_EVENTS)
    assert set(PRO_CHANNELS) <= set(PRO_EVENTS)


def test_fields_of_the_topic_exist() -> None:
    """What a topic tells has a field in its class."""
    for cls, name in TOLD_BY_TOPIC.items():
        assert name in {field.name for field in attrs.fields(cls)}


def test_path_and_subject() -> None:
    """Path and subject decide; the symbol after the path does not, and what is unknown is None."""
    assert class_of("/contractMarket/tradeOrders:X", "orderChange", {}) is FuturesOrderUpdate
    assert class_of("/contractMarket/tradeOrders", "new", {}) is None
    assert class_of("/contractMarket", "orderChange", {}) is None
    assert pro_class_of("new") is None


def test_fields_decide_about_margin() -> None:
    """The fields decide where the documentation prints two kinds under one subject."""
    assert class_of("/margin/position", "position.status", {"debtRatio": 0}) is MarginDebtRatio
    assert class_of("/margin/position", "debt.ratio", []) is MarginDebtRatio
