"""No secret is seen: not in an error, a log, a traceback with locals, a pickle, or an object."""

from __future__ import annotations

import base64
import logging
import pickle
from collections.abc import Iterator

import pytest
import websocket

from sixmm import Client
from sixmm.errors import ConnectFailed
from sixmm.ordering import OrdersGroup
from sixmm.venues.sixmm.operations import operations_of
from tests.transport.conftest import Certificates
from tests.transport.servers import Server

from .canaries import Log, live_objects, shown_by_error
from .liar import REST_FAULTS
from .public_calls import CALLS, WITH_SECRETS
from .secrets_shown import WAYS_IN, canaries, run_rest, run_stream, unreachable

SEED = 20


@pytest.fixture(autouse=True)
def _trace() -> Iterator[None]:
    """Switch on what websocket-client prints about each frame, for the root logger to see."""
    websocket.enableTrace(True, handler=logging.NullHandler(), level="DEBUG")
    yield
    websocket.enableTrace(False)


COMMON = ("refused", "rows are the request")


@pytest.mark.parametrize("fault", COMMON)
def test_every_call(fault: str) -> None:
    """The server tells the request back where it can; nothing of it is seen (F1, F2)."""
    tally = run_rest(SEED, [fault])

    assert tally.cases == len(WAYS_IN) * (len(CALLS) + 1) + 1
    assert not tally.wrong, str(tally)


@pytest.mark.parametrize("fault", REST_FAULTS)
def test_every_fault(fault: str) -> None:
    """There is no way to answer by which a secret gets into what is seen (F1, F2)."""
    tally = run_rest(SEED, [fault], WITH_SECRETS)

    assert not tally.wrong, str(tally)


@pytest.mark.slow
@pytest.mark.parametrize("fault", REST_FAULTS)
def test_every_call_under_every_fault(fault: str) -> None:
    """All calls, all faults (F1, F2)."""
    tally = run_rest(SEED + 1, [fault])

    assert tally.cases == len(WAYS_IN) * (len(CALLS) + 1) + 1
    assert not tally.wrong, str(tally)


def test_every_public_call_is_made() -> None:
    """No method that makes a request is left out."""
    methods = operations_of(Client, names={"OrdersGroup": OrdersGroup})

    assert {method.name for method in methods} <= set(CALLS)


def test_streams_under_every_fault() -> None:
    """Whatever comes instead of a stream, no event and no error tells a key or token (F1, F2)."""
    tally = run_stream(SEED)

    assert not tally.wrong, str(tally)


@pytest.mark.parametrize("way", WAYS_IN)
def test_nobody_answers(way: str) -> None:
    """Errors about the network, and of a closed client, are clean (F1)."""
    tally = unreachable(canaries(SEED), way, "http", "127.0.0.1:1")

    assert not tally.wrong, str(tally)


@pytest.mark.parametrize("way", WAYS_IN)
def test_nobody_is_trusted(way: str, certificates: Certificates) -> None:
    """Errors about a certificate are clean (F1)."""
    with Server(lambda c: c.read_to_eof(), tls=certificates.server()) as server:
        netloc = f"127.0.0.1:{server.port}"
        tally = unreachable(canaries(SEED), way, "https", netloc, WITH_SECRETS)

    assert not tally.wrong, str(tally)


@pytest.mark.parametrize("make", ["key", "token", "env", "half", "odd", "bad key"])
def test_making_a_client(make: str) -> None:
    """Errors about an argument do not repeat it, and no frame below the caller shows it (F1)."""
    secrets = canaries(SEED)
    key, secret, token = (secrets.values[n] for n in ("api key", "api secret", "access token"))
    attempts = {
        "key": lambda: Client(key, secret, rest_url="http://exchange.test"),
        "token": lambda: Client(access_token=token, ws_url="ws://exchange.test"),
        "env": lambda: Client.from_env({"SIXMM_API_KEY": key, "SIXMM_API_SECRET": secret + "\n"}),
        "half": lambda: Client(key),
        "odd": lambda: Client(key, secret + "\u0661"),
        "bad key": lambda: Client("k k", secret),
    }
    with pytest.raises(ValueError) as caught:
        attempts[make]()

    assert secrets.hits(shown_by_error(caught.value)) == []


def test_canaries_sing() -> None:
    """What is looked for is found: as it is, in half, as digits, as Base64, quoted, in a frame."""
    secrets = canaries(SEED)
    secret = secrets.values["api secret"]

    def fail(text: str) -> None:
        raise ConnectFailed("no") from ValueError(text)

    shown = [secret, secret[:20], secret[-17:], repr([secret]), secret.encode().hex()]
    shown += [base64.b64encode(b"x" * n + secret.encode() + b"yz").decode() for n in range(5)]
    shown += ["".join(f"%{ord(char):02X}" for char in secret)]
    for text in shown:
        assert secrets.hits(["abc", text]), text
    with pytest.raises(ConnectFailed) as caught:
        fail(secret)
    assert secrets.hits(shown_by_error(caught.value))
    with Log() as log:
        logging.getLogger("urllib3.odd").debug("%s", secret)
    assert secrets.hits(log.texts)
    assert secrets.hits([pickle.dumps(ConnectFailed(secret))])
    assert not secrets.hits(["", "api secret", secret[:12]])
    assert any("sixmm" in text or "<" in text for text in live_objects())
