"""The client of 6MM: its arguments, its REST calls, and how it behaves in a real process."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator, Mapping
from typing import Any

import attrs
import pytest

from sixmm import Client, ConfigurationError, ForkedClient, Secret
from sixmm.errors import AuthenticationError, OutcomeUnknown
from sixmm.sim import Exchange
from sixmm.transport.base import HttpRequest, HttpResponse
from sixmm.transport.memory import MemoryHttp, MemoryWs

CANARY = "canary-0123456789abcdef"
"""Stands for every secret; it must turn up nowhere."""


def _reply(data: Any = None, *, code: int = 0, message: str = "success") -> HttpResponse:
    body = {"code": code, "message": message, "requestId": "req-1"}
    if code == 0:
        body["data"] = {} if data is None else data
    return HttpResponse(status=200, headers={}, body=json.dumps(body).encode())


class _Server:
    """Answers requests by method and path; the clock is always answered."""

    def __init__(self, replies: Mapping[str, HttpResponse]) -> None:
        self.replies = {
            "GET /v1/time": _reply({"timestamp": 1_780_473_256, "timestampMs": 1_780_473_256_708}),
            **replies,
        }

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.url.partition("?")[0].partition("6mm.com")[2]
        return self.replies[f"{request.method} {path}"]


def _client(replies: Mapping[str, HttpResponse], **options: Any) -> tuple[Client, MemoryHttp]:
    http = MemoryHttp(_Server(replies))
    arguments = {"api_key": "key", "api_secret": "secret", **options}
    return Client(**arguments, http=http, ws=MemoryWs()), http


def test_reads_the_clock() -> None:
    """server_time() gives milliseconds, from timestampMs (rules 7, 39)."""
    client, _ = _client({})

    assert client.server_time() == 1_780_473_256_708


def test_signs_by_the_exchanges_clock() -> None:
    """The first signed call comes after a reading of the clock, and carries its time (rule 39)."""
    client, http = _client(
        {"GET /v1/private/user/asset": _reply({"userAsset": {"assetType": "USDT"}})}
    )
    client.user.asset()
    first, second = http.requests
    timestamp = int(second.url.partition("timestamp=")[2].partition("&")[0])

    assert first.url.endswith("/v1/time")
    assert 0 <= timestamp - 1_780_473_256_708 < 60_000
    assert second.headers["X-API-KEY"] == "key"


def test_an_error_carries_what_the_exchange_said() -> None:
    """Code, message, request id and the name of the call are in the error (rules 2, 6)."""
    client, _ = _client({"GET /v1/private/user/info": _reply(code=1003, message="Invalid token")})

    with pytest.raises(
        AuthenticationError, match="getUserInfo: code 1003: Invalid token"
    ) as caught:
        client.user.info()
    assert (caught.value.code, caught.value.request_id) == (1003, "req-1")
    assert caught.value.outcome_known


def test_login_replaces_the_token_and_logout_forgets_it() -> None:
    """The token of a login is used for what follows, until logout (rules 12, 25, 26)."""
    token = HttpResponse(
        status=200,
        cookies={"session": CANARY},
        body=json.dumps(
            {
                "code": 0,
                "message": "success",
                "requestId": "r",
                "data": {"accessToken": CANARY, "accessExpire": 1_780_480_000},
            }
        ).encode(),
    )
    client, http = _client(
        {
            "POST /v1/public/user/login": token,
            "GET /v1/private/user/info": _reply({"userInfo": {"username": "demo-user"}}),
            "POST /v1/private/user/logout": _reply(),
        },
        api_key=None,
        api_secret=None,
    )
    client.login("demo-user", CANARY)
    info = client.user.info()
    client.logout()

    assert info.username == "demo-user"
    assert http.requests[-2].headers["Authorization"] == f"Bearer {CANARY}"
    with pytest.raises(ConfigurationError):
        client.user.info()


def test_a_write_without_an_answer_has_an_unknown_outcome() -> None:
    """A login that is answered by a page of a proxy is not repeated."""
    client, http = _client({"POST /v1/public/user/login": HttpResponse(status=502, body=b"<html>")})

    with pytest.raises(OutcomeUnknown) as caught:
        client.login("demo-user", CANARY)
    assert not caught.value.outcome_known
    assert len([r for r in http.requests if r.method == "POST"]) == 1


def test_is_set_up_by_the_environment() -> None:
    """from_env() reads the five variables; arguments go before them."""
    environ = {
        "SIXMM_API_KEY": "key",
        "SIXMM_API_SECRET": CANARY,
        "SIXMM_REST_URL": "http://127.0.0.1:1",
        "SIXMM_WS_URL": "ws://127.0.0.1:1/ws",
    }

    assert "ws://127.0.0.1:1/ws" in repr(Client.from_env(environ))
    assert "wss://6mm.com/ws" in repr(Client.from_env(environ, ws_url="wss://6mm.com/ws"))


@pytest.mark.parametrize(
    "arguments",
    [
        {"api_key": "only the key"},
        {"api_secret": "only the secret"},
        {"rest_url": "http://api.6mm.com"},
        {"rest_url": "wss://api.6mm.com"},
        {"ws_url": "ws://6mm.com/ws"},
        {"ws_url": "wss://6mm.com/ws?token=x"},
        {"ws_url": "wss://user:word@6mm.com/ws"},
        {"deliver": "nothing"},
        {"login_by": "magic"},
        {"ping_interval": 0},
        {"ping_timeout": -1},
        {"verify": False},
    ],
    ids=lambda arguments: ",".join(arguments),
)
def test_refuses_arguments_that_cannot_work(arguments: dict[str, Any]) -> None:
    """A bad argument is said at once and nothing is sent."""
    with pytest.raises(ConfigurationError):
        Client(**arguments)


def test_shows_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    """Keys, secrets and tokens are in no representation and no log line."""
    caplog.set_level(logging.DEBUG)
    client = Client(CANARY, CANARY, http=MemoryHttp(_Server({})), ws=MemoryWs())
    with pytest.raises(KeyError):
        client.user.info()
    secret = Secret(CANARY)
    shown = [repr(client), repr(client.__dict__), str(secret), f"{secret!r:>20}", repr([secret])]
    shown += [repr(attrs.asdict(client._rest.credentials)), caplog.text]

    assert CANARY not in "".join(shown)


# Real processes


@pytest.fixture(scope="module")
def served() -> Iterator[dict[str, str]]:
    """Run an exchange and give the environment of a process that uses it."""
    with Exchange(seed=5, market_maker=False) as exchange:
        account = exchange.create_account(username="u", password="p", balance="1000")
        key = exchange.create_key(account)
        yield {
            **os.environ,
            "SIXMM_API_KEY": key.api_key,
            "SIXMM_API_SECRET": key.api_secret,
            "SIXMM_REST_URL": exchange.rest_url,
            "SIXMM_WS_URL": exchange.ws_url,
        }


def _script(text: str) -> list[str]:
    return [sys.executable, "-W", "error", "-c", textwrap.dedent(text)]


def test_a_script_that_ends_without_closing_exits(served: dict[str, str]) -> None:
    """Falling off the end of a script ends the process, whatever the threads do."""
    text = """
        import sixmm, time
        client = sixmm.Client.from_env()
        client.start()
        client.wait_live()
        print(time.monotonic(), flush=True)
    """
    done = subprocess.run(
        _script(text), env=served, capture_output=True, text=True, timeout=60, check=True
    )

    assert time.monotonic() - float(done.stdout) < 5.0


@pytest.mark.skipif(sys.platform == "win32", reason="sends a POSIX signal")
@pytest.mark.parametrize("catcher", ["the waiting thread", "another thread"])
def test_one_interrupt_ends_a_waiting_get(served: dict[str, str], catcher: str) -> None:
    """One Ctrl-C ends get() with KeyboardInterrupt, also where the wait itself goes on."""
    text = f"""
        import signal, sixmm
        signal.signal(signal.SIGINT, signal.default_int_handler)
        with sixmm.Client.from_env() as client:
            client.wait_live()
            if {catcher!r} == "another thread":
                signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
            print("waiting", flush=True)
            while True:
                client.get()
    """
    with subprocess.Popen(
        _script(text), env=served, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "waiting\n"
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=30)
        finally:
            process.kill()

    assert process.returncode != 0
    assert "KeyboardInterrupt" in errors


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_client_used_after_a_fork_says_so(served: dict[str, str]) -> None:
    """In the child of a fork every verb raises, and close() does not touch the parent's link."""
    text = """
        import os, sixmm, warnings
        warnings.simplefilter("ignore", DeprecationWarning)
        with sixmm.Client.from_env() as client:
            client.wait_live()
            child = os.fork()
            if child == 0:
                try:
                    client.get(timeout=1)
                except sixmm.ForkedClient:
                    client.close()
                    os._exit(7)
                os._exit(8)
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
            assert client.ping() > 0
    """
    subprocess.run(_script(text), env=served, timeout=60, check=True)


def test_works_inside_a_running_event_loop(served: dict[str, str]) -> None:
    """A notebook runs its cells inside a loop; that changes nothing."""

    async def cell() -> float:
        with Client.from_env(served) as client:
            client.wait_live()
            return client.ping()

    assert asyncio.run(cell()) > 0


def test_a_forgotten_client_is_told(served: dict[str, str]) -> None:
    """A client that is dropped while it is open warns and lets go of its connection."""
    text = """
        import gc, sixmm, threading, warnings
        client = sixmm.Client.from_env()
        client.start()
        client.wait_live()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            del client
            gc.collect()
        assert [w.category for w in caught] == [ResourceWarning], caught
        for thread in threading.enumerate():
            if thread.name.startswith("sixmm-"):
                thread.join(20)
                assert not thread.is_alive()
    """
    subprocess.run(_script(text), env=served, timeout=60, check=True)


def test_a_client_of_another_process_cannot_be_used() -> None:
    """The check is by process id, so it also covers what fork leaves behind."""
    client, _ = _client({})
    client._pid += 1

    with pytest.raises(ForkedClient):
        client.server_time()
    client.close()
