"""The schema of the REST results: held against the fact sheet, and strict in every field."""

from __future__ import annotations

import importlib
import inspect
from decimal import Decimal
from typing import Any

import attrs
import pytest

from sixmm.codec import parse_json, structure, wire_names
from sixmm.errors import DecodeError
from sixmm.redaction import Secret
from sixmm.venues.sixmm import rest_schema as rest
from sixmm.venues.sixmm.enums import MarginMode, MarginModeCode, OrderStatus, Role
from sixmm.venues.sixmm.rest_schema import make_rest_converter

from .examples import WRONG_TYPES, openapi
from .test_stream_schema import takes

DOCUMENTED: list[tuple[type[Any], str, str | None, set[str]]] = [
    # class, schema of the fact sheet, member whose rows they are, names that are not modelled
    (rest.ServerTime, "ServerTimeData", None, set()),
    (rest.LeaderboardRow, "PnlLeaderboardData", "list", set()),
    (rest.Leaderboard, "PnlLeaderboardData", None, set()),
    # What these two leave out is worked out on access, because its elements are not documented.
    (rest.SymbolRow, "SymbolsData", "list", {"leverageTiers"}),
    (rest.Symbols, "SymbolsData", None, {"handlingFeeLevelConfig"}),
    (rest.KlineRow, "KlinesData", "list", set()),
    (rest.Klines, "KlinesData", None, set()),
    (rest.Token, "LoginData", None, set()),
    (rest.Token, "RefreshTokenData", None, set()),
    (rest.Token, "ExchangeEmbedTokenData", None, set()),
    (rest.AgentToken, "ExchangeTicketData", None, set()),
    (rest.ListenKey, "ListenKeyData", None, set()),
    (rest.NewApiKey, "CreateApiKeyData", None, set()),
    (rest.ApiKeyRow, "ApiKeyListData", "list", set()),
    (rest.ApiKeys, "ApiKeyListData", None, set()),
    (rest.DeletedApiKeys, "DeleteAllApiKeysData", None, set()),
    (rest.UserInfo, "UserInfoData", "userInfo", set()),
    (rest.UserInfoReply, "UserInfoData", None, set()),
    (rest.UserAsset, "UserAssetData", "userAsset", set()),
    (rest.UserAssetReply, "UserAssetData", None, set()),
    (rest.ChangeRow, "AccountChangeLogData", "list", set()),
    (rest.ChangePage, "AccountChangeLogData", None, set()),
    (rest.VolumeStats, "VolumeStatsData", None, set()),
    (rest.BalanceRow, "BalanceHistoryData", "items", set()),
    (rest.BalanceHistory, "BalanceHistoryData", None, set()),
    (rest.AssetSummary, "AssetOverviewSummaryData", None, set()),
    (rest.TradeOverview, "TradeOverviewData", None, set()),
    (rest.AssetPoint, "AssetOverviewTrendData", "items", set()),
    (rest.AssetTrend, "AssetOverviewTrendData", None, set()),
    (rest.FavoriteSymbols, "FavoriteSymbolsData", None, set()),
    (rest.PlacedOrder, "PlaceOrderData", None, set()),
    (rest.BatchReply, "BatchPlaceData", None, set()),
    (rest.PlacedCondition, "PlaceConditionData", None, set()),
    (rest.PlacedStrategy, "PlaceStrategyData", None, set()),
    (rest.StrategyRow, "StrategyDetailData", None, set()),
    (rest.OrderPage, "CurrentOrdersData", None, set()),
    (rest.FillRow, "TradesData", "list", set()),
    (rest.TradePage, "TradesData", None, set()),
    (rest.PositionRow, "PositionsData", "positions", set()),
    (rest.Positions, "PositionsData", None, set()),
    (rest.PositionHistoryRow, "PositionHistoryData", "list", set()),
    (rest.PositionHistoryPage, "PositionHistoryData", None, set()),
    (rest.PositionSetting, "PositionSettingsData", None, set()),
    (rest.LeverageSetting, "SetLeverageData", None, set()),
]

ASSUMED: list[type[Any]] = [
    *(rest.OrderRow, rest.CancelReply, rest.BatchEntry),
    *(rest.ConditionRow, rest.ConditionPage, rest.ConditionCancelReply, rest.StrategyLegRow),
    *(rest.LeverageTier, rest.FeeLevel),
    *(rest.FundingConfig, rest.FundingConfigs, rest.FundingRate, rest.FundingRatePage),
    *(rest.FundingHistoryRow, rest.FundingHistoryPage),
]
"""Classes of replies whose fields are not documented."""

NOT_ROWS = {"AccountRows", "Accepted", "AgentLogin", "Row"}
"""Classes that are made of no reply of their own."""

SECRETS = {"accessToken", "listenKey", "apiSecret"}


def properties(schema: str, member: str | None) -> dict[str, Any]:
    """Return the documented members of a schema, or of the rows under one of its members."""
    members: dict[str, Any] = openapi()["components"]["schemas"][schema]["properties"]
    if member is None:
        return members
    inner = members[member]
    found: dict[str, Any] = inner.get("items", inner)["properties"]
    return found


@pytest.mark.parametrize(
    ("cls", "schema", "member", "left"), DOCUMENTED, ids=lambda item: str(item)[:60]
)
def test_names_are_those_of_the_fact_sheet(
    cls: type[Any], schema: str, member: str | None, left: set[str]
) -> None:
    """No documented member is missing but those listed, and none is made up."""
    assert wire_names(cls) | left == set(properties(schema, member))


@pytest.mark.parametrize(
    ("cls", "schema", "member", "left"), DOCUMENTED, ids=lambda item: str(item)[:60]
)
def test_types_are_those_of_the_fact_sheet(
    cls: type[Any], schema: str, member: str | None, left: set[str]
) -> None:
    """Amounts are decimals, ids are text, counts and times are integers (rules 9-11)."""
    documented = properties(schema, member)
    for field in attrs.fields(cls):
        name = field.metadata.get("wire")
        told = documented.get(name, {})
        if name is None or "$ref" in told:
            continue
        wanted = {"integer": "int", "array": "tuple", "object": ""}.get(told["type"], "str")
        wanted = "Decimal" if told.get("format") == "decimal" else wanted
        wanted = "Secret" if name in SECRETS else wanted
        assert wanted in str(field.type), (name, left)


def leaves() -> list[tuple[type[Any], str, str]]:
    """Return class, wire name and type of every field that holds no row."""
    return [
        (cls, field.metadata["wire"], str(field.type))
        for cls in dict.fromkeys([*(cls for cls, *_ in DOCUMENTED), *ASSUMED])
        for field in attrs.fields(cls)
        if "wire" in field.metadata and not str(field.type)[:4].startswith("User")
    ]


@pytest.mark.parametrize(("cls", "name", "kind"), leaves(), ids=lambda item: str(item)[:40])
def test_every_field_refuses_every_other_type(cls: type[Any], name: str, kind: str) -> None:
    """Each field takes its own JSON type, null where it is optional, and nothing else (E2)."""
    converter = make_rest_converter()
    required = {f.metadata["wire"]: f for f in attrs.fields(cls) if f.default is attrs.NOTHING}
    base = {wire: [] if "tuple" in str(f.type) else "1" for wire, f in required.items()}
    base |= {wire: 1 for wire, f in required.items() if str(f.type) == "int"}
    for value in WRONG_TYPES:
        fits = takes(kind.replace("Secret", "str"), value)
        fits = fits or (kind.startswith("tuple[str") and value == ["x"])
        if fits and not (value is None and name in required):
            structure(converter, {**base, name: value}, cls)
            continue
        with pytest.raises(DecodeError) as caught:
            structure(converter, {**base, name: value}, cls)
        assert caught.value.path.startswith(f"$.{name}"), (name, value)


def test_an_order_row() -> None:
    """The assumed order row is the stream's, with ``status``, without the fill (docs/wire.md)."""
    row = structure(
        make_rest_converter(),
        {"orderId": "2022543809547603968", "status": "PENDING", "price": "1.0", "odd": [1]},
        rest.OrderRow,
    )

    assert (row.order_id, row.status) == ("2022543809547603968", OrderStatus.PENDING)
    assert str(row.price) == "1.0"
    assert row.extra == {"odd": [1]}
    assert parse_json(row.raw)["odd"] == [1]
    assert "orderStatus" not in wire_names(rest.OrderRow)


def test_margin_mode_is_a_number_in_settings_and_text_in_rows() -> None:
    """The same name has two types, each taken only where it belongs (rule 67)."""
    converter = make_rest_converter()

    setting = structure(converter, {"marginMode": 2}, rest.PositionSetting)
    position = structure(converter, {"symbol": "X", "marginMode": "CROSS"}, rest.PositionRow)
    fill = structure(converter, {"fillId": "1", "orderId": "2", "roleType": "taker"}, rest.FillRow)

    assert setting.margin_mode is MarginModeCode.ISOLATED
    assert position.margin_mode is MarginMode.CROSS
    assert fill.role_type is Role.TAKER
    with pytest.raises(DecodeError):
        structure(converter, {"marginMode": "CROSS"}, rest.PositionSetting)
    with pytest.raises(DecodeError):
        structure(converter, {"symbol": "X", "marginMode": 1}, rest.PositionRow)


def test_secrets_are_wrapped_and_leave_no_text() -> None:
    """A token and a listenKey are masked at once, and no row keeps the text they came in."""
    converter = make_rest_converter()

    token = structure(converter, {"accessToken": "c4n4ry", "accessExpire": 1}, rest.Token)
    key = structure(converter, {"listenKey": "c4n4ry", "expireAt": 1}, rest.ListenKey)

    assert token.access_token == key.listen_key == Secret("c4n4ry")
    assert "c4n4ry" not in repr(token) + repr(key)
    assert not hasattr(token, "raw")
    assert not hasattr(key, "raw")


def test_the_raw_text_of_a_row_is_exact() -> None:
    """Numbers of a row survive in its text, also those that no field names."""
    row = structure(
        make_rest_converter(), parse_json('{"assetType":"USDT","apr":1.10}'), rest.UserAsset
    )

    assert row.raw == '{"assetType":"USDT","apr":1.10}'
    assert row.extra == {"apr": Decimal("1.10")}


def test_every_class_is_documented() -> None:
    """Each class says what it is."""
    assert all(inspect.getdoc(getattr(rest, name)) for name in rest.__all__)


def test_every_class_is_held_against_the_fact_sheet() -> None:
    """A class is documented, or says of itself that it is assumed."""
    classes = {name for name in rest.__all__ if inspect.isclass(getattr(rest, name))}
    checked = {cls.__name__ for cls, *_ in DOCUMENTED} | {cls.__name__ for cls in ASSUMED}

    assert classes == checked | NOT_ROWS
    assert all("*assumed*" in (cls.__doc__ or "") for cls in ASSUMED)


def test_assumed_names_are_those_of_the_request() -> None:
    """A condition order and a leg are told under the names under which they are placed."""
    schemas = openapi()["components"]["schemas"]
    placed = set(schemas["PlaceConditionRequest"]["properties"])
    leg = set(schemas["StrategySubOrder"]["properties"])

    orders = placed | set(schemas["PlaceOrderRequest"]["properties"])

    assert placed <= wire_names(rest.ConditionRow)
    assert leg | orders == wire_names(rest.StrategyLegRow) - {"status", "orderId", "conditionId"}
    assert wire_names(rest.ConditionRow) - placed == {
        *("conditionId", "conditionStatus", "orderId", "strategyId", "createdAt", "updatedAt")
    }


def test_an_unknown_name_is_an_error() -> None:
    """A misspelt class is an AttributeError, although the modules are imported on first use."""
    with pytest.raises(AttributeError, match="no attribute 'OderRow'"):
        _ = rest.OderRow
    assert rest.OrderRow is importlib.import_module(f"{rest.__name__}.orders").OrderRow
