"""The page about the command line says what the command line does, key by key."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from sixmm.cli import account, app, failures, keys, market, order, orders

_COLUMNS = {
    "markets": market.MARKETS,
    "klines": market.KLINES,
    "funding": market.FUNDING,
    "account": account.ACCOUNT,
    "positions": account.POSITIONS,
    "orders open": orders.ORDERS,
    "orders history": orders.ORDERS,
    "order get": orders.ORDERS,
    "orders trades": orders.TRADES,
    "order preview": order.PREVIEW,
    "order place": order.PLACED,
    "order cancel": order.CANCELED,
    "order cancel-all": order.CANCELED,
    "keys list": keys.KEYS,
    "keys create": keys.CREATED,
    "keys update": keys.CHANGED,
    "keys delete": keys.CHANGED,
    "keys delete-all": keys.DELETED,
}
_OTHERS = {"demo", "listen", "record", "replay", "sim"}


@pytest.fixture
def page(project_root: Path) -> str:
    """The page."""
    return (project_root / "docs" / "command-line.md").read_text(encoding="utf-8")


def _table(page: str, title: str) -> list[tuple[list[str], str]]:
    """Return the rows of the table of a section: the words of the first cell, and the second."""
    section = page.split(f"## {title}\n")[1].split("\n## ")[0]
    rows = [line.split("|") for line in section.splitlines() if line.startswith("|")][2:]
    return [(re.findall("`([^`]+)`", row[1]) or [row[1].strip()], row[2]) for row in rows]


def test_keys_are_documented(page: str) -> None:
    """The keys that programs rely on are those of the page, in the same order, and no others."""
    documented = {
        command: re.findall("`([^`]+)`", cell)
        for commands, cell in _table(page, "Keys")
        for command in commands
    }

    assert documented == {name: [c.key for c in columns] for name, columns in _COLUMNS.items()}


def test_every_command_has_its_keys() -> None:
    """No command with a result is missing from the list of this test."""
    found = set()
    for name, command in app.command_line.commands.items():
        children = command.commands if isinstance(command, click.Group) else {"": command}
        found |= {f"{name} {child}".strip() for child in children}

    assert found == set(_COLUMNS) | _OTHERS


def test_every_command_is_on_the_page(page: str) -> None:
    """The list at the top names every command and every group."""
    top = page.split("\n## ")[0]

    assert all(f"`sixmm {name}" in top for name in app.command_line.commands)


def test_codes_are_documented(page: str) -> None:
    """Every exit code is on the page."""
    codes = {int(words[0]) for words, _ in _table(page, "Codes")}

    assert codes == {0, failures.FAILED, failures.WRONG_INPUT, failures.OUTCOME_UNKNOWN, 130}


@pytest.mark.parametrize("columns", _COLUMNS.values(), ids=list(_COLUMNS))
def test_keys_are_unique(columns: tuple[object, ...]) -> None:
    """No key of a row occurs twice, and none has a sign that CSV would have to quote."""
    names = [column.key for column in columns]  # type: ignore[attr-defined]

    assert len(set(names)) == len(names)
    assert all(re.fullmatch("[a-z][a-z_]*", name) for name in names)
