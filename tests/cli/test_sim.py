"""The exchange is served with the accounts that were asked for, and says how to reach it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest

from sixmm import Client
from sixmm.cli.sim import parse_account, serve

_LIMIT_SECONDS = 60
_INTERRUPTIBLE = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
    "from sixmm.cli import main; sys.exit(main(sys.argv[1:]))"
)


@pytest.mark.parametrize("text", ["demo:10000", "a-b.c_d:0.5", "x:0"])
def test_account(text: str) -> None:
    """Name and balance are told apart at the colon."""
    assert ":".join(parse_account(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "demo", "demo:", ":5", "demo:-5", "demo:1e5", "demo:5:5", "de mo:5", "demo:nan", "x:1\n"],
)
def test_bad_account(text: str) -> None:
    """Anything else is refused with the form that is wanted."""
    with pytest.raises(ValueError, match="NAME:BALANCE"):
        parse_account(text)


def test_readable(capsys: pytest.CaptureFixture[str]) -> None:
    """The lines can be pasted into a shell: they set what ``Client.from_env`` reads."""
    balances: list[str] = []

    def wait() -> None:
        lines = capsys.readouterr().out.splitlines()
        settings = dict(
            line.removeprefix("export ").split("=", 1)
            for line in lines
            if line.startswith("export ")
        )
        with Client.from_env(settings, private=False) as client:
            balances.append(str(client.user.asset().wallet_balance))

    code = serve(port=0, seed=7, rate=0, accounts=[("ann", "25.5")], as_json=False, wait=wait)

    assert code == 0
    assert balances == ["25.5"]


def test_default_account(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a wish there is one account to begin with."""
    serve(port=0, seed=7, rate=5, accounts=[], as_json=False, wait=lambda: None)

    assert "# demo: password " in capsys.readouterr().out


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_program() -> None:
    """As a program it prints one line for each account, serves, and ends quietly on Ctrl-C."""
    command = [sys.executable, "-W", "error", "-c", _INTERRUPTIBLE, "sim", "--json"]
    command += ["--account", "ann:5", "--account", "bob:7"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        accounts = [json.loads(process.stdout.readline()) for _ in range(2)]
        with Client(rest_url=accounts[0]["rest_url"], ws_url=accounts[0]["ws_url"]) as client:
            version = client.version()
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=_LIMIT_SECONDS)

    assert version
    assert [entry["username"] for entry in accounts] == ["ann", "bob"]
    assert (process.returncode, output, errors) == (0, "", "")
