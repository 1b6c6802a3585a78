"""Every outcome has its exit code, and bad input gets one clear line and no traceback."""

from __future__ import annotations

import importlib.util
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from sixmm.cli import main
from sixmm.cli.app import command_line
from sixmm.sim import Exchange

_LIMIT_SECONDS = 60
_VARIABLES = ("API_KEY", "API_SECRET", "ACCESS_TOKEN", "REST_URL", "WS_URL")

_BAD_INPUT: dict[str, tuple[list[str], str]] = {
    "unknown command": (["dmeo"], "No such command"),
    "unknown option": (["demo", "--quick"], "No such option"),
    "no number": (["demo", "--seconds", "soon"], "'soon' is not a valid float"),
    "too short": (["demo", "--seconds", "0"], "not in the range"),
    "too long": (["demo", "--seconds", "1e9"], "not in the range"),
    "no time": (["demo", "--seconds", "nan"], "nan is not a number"),
    "no end": (["listen", "market.tickers", "--seconds", "inf"], "inf is not a number"),
    "bad seed": (["demo", "--seed", "x"], "not a valid integer"),
    "bad port": (["sim", "--port", "70000"], "not in the range"),
    "bad rate": (["sim", "--updates-per-second", "-1"], "not in the range"),
    "tiny rate": (["sim", "--updates-per-second", "1e-9"], "updates_per_second must be"),
    "bad account": (["sim", "--account", "demo"], "NAME:BALANCE"),
    "account twice": (["sim", "--account", "a:1", "--account", "a:2"], "only once"),
    "nothing to hear": (["listen"], "name a topic or use --private"),
    "unknown topic": (["listen", "market.dept.BTCUSDT"], "is not a market topic"),
    "private topic": (["listen", "user.5794"], "do not subscribe"),
    "no credentials": (["listen", "--private"], "no credentials"),
    "unused file": (["listen", "--credentials", "x", "market.tickers"], "--private only"),
    "no file": (["listen", "--private", "--credentials", "/nowhere/at/all"], "No such file"),
    "foreign http": (
        ["listen", "market.tickers", "--rest-url", "http://example.com"],
        "loopback",
    ),
    "foreign ws": (["listen", "market.tickers", "--ws-url", "ws://example.com/ws"], "loopback"),
    "no address": (["listen", "market.tickers", "--ws-url", "nonsense"], "must look like"),
    "line ends": (["listen", "market\n\x1b[2Jforged"], "is not a market topic"),
    "surplus": (["demo", "now"], "unexpected extra argument"),
}


@pytest.fixture(autouse=True)
def no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run without the credentials and addresses of whoever runs the tests."""
    for name in _VARIABLES:
        monkeypatch.delenv(f"SIXMM_{name}", raising=False)


@pytest.mark.parametrize("name", _BAD_INPUT)
def test_bad_input(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Bad input ends with code 2 and one line on stderr that says what is wrong."""
    argv, expected = _BAD_INPUT[name]

    code = main(argv)

    said = capsys.readouterr()
    assert code == 2
    assert said.out == ""
    assert said.err.startswith("sixmm: ")
    assert said.err.count("\n") == 1
    assert said.err.rstrip("\n").isprintable()
    assert expected in said.err


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["--help"], "demo"),
        (["-h"], "listen"),
        (["demo", "--help"], "--seconds"),
        (["listen", "--help"], "--credentials"),
        (["sim", "--help"], "--account"),
        (["orders", "--help"], "history"),
        (["order", "place", "--help"], "--yes"),
        (["keys", "--help"], "delete-all"),
        (["klines", "--help"], "--interval"),
        (["--version"], "sixmm, version"),
    ],
)
def test_help(argv: list[str], expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Help and version go to stdout with code 0."""
    assert main(argv) == 0
    assert expected in capsys.readouterr().out


def test_no_command(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a command there is the help on stderr, and code 2."""
    assert main([]) == 2
    assert "Commands:" in capsys.readouterr().err


def _commands(
    command: click.Command = command_line, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command with its path, the groups too."""
    yield path, command
    for name, child in getattr(command, "commands", {}).items():
        yield from _commands(child, (*path, name))


def _name(value: object) -> str:
    return " ".join(value) if isinstance(value, tuple) else ""


@pytest.mark.parametrize(("path", "command"), list(_commands()), ids=_name)
def test_every_command(path: tuple[str, ...], command: click.Command) -> None:
    """Each command explains itself, and takes no secret, which every user of the machine saw."""
    shown = CliRunner().invoke(command_line, [*path, "--help"])

    assert shown.exit_code == 0
    assert command.help
    for parameter in command.params:
        assert isinstance(parameter, click.Argument) or parameter.help, parameter.name
        words = " ".join([parameter.name or "", *parameter.opts])
        assert not re.search("secret|token|password|api.?key", words)


@pytest.mark.parametrize("missing", ["click", "rich"])
def test_without_extra(
    missing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the extra is not installed, one line says what to install."""
    _hide(missing, monkeypatch)

    assert main(["--help"]) == 2
    assert capsys.readouterr().err == ("sixmm's command line needs: pip install 'sixmm[cli]'\n")


@pytest.mark.parametrize("command", ["demo", "sim"])
def test_without_exchange(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the embedded exchange cannot run, one line says what to install."""
    _hide("aiohttp", monkeypatch)

    assert main([command]) == 2
    assert "pip install 'sixmm[demo]'" in capsys.readouterr().err


def _hide(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == package else find_spec(name)
    )


def test_ctrl_c(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C ends any command with code 130 and without a word."""

    def press(**_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("sixmm.cli.listen.listen_to", press)

    assert main(["listen", "market.tickers"]) == 130
    assert capsys.readouterr().err == ""


def test_port_taken(capsys: pytest.CaptureFixture[str]) -> None:
    """A port that somebody else has is a failure at run time: one line, code 1."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code = main(["sim", "--port", str(taken.getsockname()[1])])

    said = capsys.readouterr().err
    assert code == 1
    assert said.count("\n") == 1
    assert "Traceback" not in said


def test_login_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Credentials that the exchange does not accept are a failure at run time, told in one line."""
    path = tmp_path / "credentials"
    path.write_text("api_key=other\napi_secret=canary-secret\n")
    path.chmod(0o600)
    with Exchange(seed=7, market_maker=False) as exchange:
        monkeypatch.setenv("SIXMM_REST_URL", exchange.rest_url)
        monkeypatch.setenv("SIXMM_WS_URL", exchange.ws_url)
        code = main(["listen", "--private", "--credentials", str(path)])

    said = capsys.readouterr().err
    assert code == 1
    assert said.count("\n") == 1
    assert "code 1003" in said
    assert "canary" not in said


def test_listen(capsys: pytest.CaptureFixture[str]) -> None:
    """A run that ends by itself has code 0, its rows on stdout, and nothing on stderr."""
    with Exchange(seed=7) as exchange:
        urls = ["--rest-url", exchange.rest_url, "--ws-url", exchange.ws_url]
        code = main(["listen", "market.tickers", "--seconds", "0.3", *urls])

    said = capsys.readouterr()
    assert code == 0
    assert "CONNECTED" in said.out
    assert said.err == ""


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX pipes")
def test_reader_goes_away() -> None:
    """A broken pipe ends the program quietly."""
    command = [sys.executable, "-W", "error", "-m", "sixmm", "demo", "--seconds", "60"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr is not None
        errors = process.stderr.read()
        process.wait(_LIMIT_SECONDS)

    assert errors == ""
    assert process.returncode == 1
