"""Every public call under every fault, and everything that can be seen of it afterwards."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from sixmm import BackoffPolicy, Client, SessionOptions
from sixmm.errors import SixmmError
from sixmm.events import Event
from sixmm.redaction import Secret
from sixmm.venues.base import Credentials

from .canaries import Canaries, Log, live_objects, module_state, shown_by_error
from .kept_files import KeptFiles
from .liar import REST_FAULTS, STREAM_FAULTS, Fault, Liar, reply
from .public_calls import CALLS, WITH_SECRETS
from .tally import Tally

__all__ = [
    "WAYS_IN",
    "canaries",
    "figure",
    "run_rest",
    "run_stream",
    "shown_by_event",
    "unreachable",
]

NAMES = (
    *("api key", "api secret", "access token", "listenKey", "password", "cookie", "ticket"),
    "embed token",
)
WAYS_IN = ("key", "token")
"""With which credential the calls are made."""

_PATIENT = 30.0
_BACKOFF = BackoffPolicy(base=0.01, maximum=0.05, stable_after=0.2)
_OPTIONS = SessionOptions(
    ping_interval=None,
    clock_interval=None,
    dial_timeout=2.0,
    login_timeout=1.0,
    sync_timeout=2.0,
    backoff=_BACKOFF,
)


def canaries(seed: int) -> Canaries:
    """Return the secrets of one run."""
    made = Canaries(seed)
    for name in NAMES:
        made.make(name, between="" if name == "api key" else "/+=")
    return made


def _client(
    secrets: Canaries, way: str, *, netloc: str, scheme: str = "http", **options: Any
) -> Client:
    values = secrets.values
    if way == "key":
        given = {"api_key": values["api key"], "api_secret": values["api secret"]}
    else:
        given = {"access_token": values["access token"]}
    arguments: dict[str, Any] = {
        **given,
        "rest_url": f"{scheme}://{netloc}",
        "ws_url": f"{scheme.replace('http', 'ws')}://{netloc}/ws",
        "pace": None,
        "rest_timeout": 2.0,
        "options": _OPTIONS,
        "backoff": _BACKOFF,
        **options,
    }
    client = Client(**arguments)
    # As after a login: the calls that need a token or a cookie have them.
    told = Credentials(
        access_token=Secret(values["access token"]) if way == "token" else None,
        cookies={"refresh": Secret(values["cookie"])},
    )
    client._rest.adopt(told)
    client._rest._jitter = float  # A read is repeated at once.
    return client


def _shown_by_call(client: Client, name: str, secrets: Canaries) -> Iterator[str]:
    """Make a call; yield what is seen of it where it fails."""
    try:
        result = CALLS[name](client, secrets.values)
    except SixmmError as error:
        yield from shown_by_error(error)
    except TimeoutError:
        return
    else:
        yield from (repr(result), str(result))
    yield from (repr(client), str(client))


@attrs.define
class _Watch:
    """Looks at what is shown while a call is under way, and after it."""

    secrets: Canaries
    every: int = 40
    shown: list[str] = attrs.field(factory=list)
    _calls: int = 0

    def look(self) -> None:
        """Look at all live objects, at some of the calls: it takes a while."""
        self._calls += 1
        if self._calls % self.every == 0:
            self.shown += self.secrets.hits(live_objects())

    def seen_after(self, client: Client, name: str, log: Log) -> list[str]:
        """Make a call, and return what is seen of secrets, during it and afterwards."""
        shown = [*_shown_by_call(client, name, self.secrets)]
        seen = self.shown + self.secrets.hits([*shown, *log.texts])
        log.texts.clear()
        self.shown.clear()
        if "signature" in self.secrets.values:
            self.secrets.forget("signature")
        return seen


def run_rest(
    seed: int, faults: Sequence[str] = tuple(REST_FAULTS), names: Sequence[str] = tuple(CALLS)
) -> Tally:
    """Make every call with each credential under each fault, and look for the secrets."""
    tally = Tally(f"calls after which a secret was seen, seed {seed}")
    secrets = canaries(seed)
    watch = _Watch(secrets)
    with Log() as log, Liar(secrets) as liar:
        liar.during = watch.look
        for fault in faults:
            liar.fault = REST_FAULTS[fault]
            for way in WAYS_IN:
                timeout = 0.06 if fault == "hang" else 2.0
                make = functools.partial(
                    _client, secrets, way, netloc=liar.netloc, rest_timeout=timeout
                )
                before = len(liar.targets)
                with KeptFiles() as kept:
                    with _Clients(make, kept) as clients:
                        for name in names:
                            seen = watch.seen_after(clients.client_for(name), name, log)
                            tally.take(f"{fault}, {way}, {name}", seen[0] if seen else None)
                    seen = _recorded(kept, secrets, liar.targets[before:])
                    tally.take(f"{fault}, {way}, the record", seen[0] if seen else None)
            left = secrets.hits([*live_objects(), *module_state()])
            tally.take(f"{fault}, objects that are left", left[0] if left else None)
    return tally


def _recorded(kept: KeptFiles, secrets: Canaries, targets: Sequence[str]) -> list[str]:
    """Return what a record shows of secrets, and of the signatures of some requests."""
    signatures = Canaries(secrets.seed)
    for number, found in enumerate(re.findall(r"signature=([0-9a-f]{64})", " ".join(targets))):
        signatures.know(f"signature {number}", found)
    files = kept.read_whole()
    if not any(b"/v1/" in data for data in files):
        return ["nothing was recorded"]
    return secrets.hits(files) + signatures.hits(files)


class _Clients:
    """One client for most calls, and a new one for each that changes who the caller is."""

    _LOGINS = ("login", "refresh", "logout", "exchange_ticket", "exchange_embed_token")

    def __init__(self, make: Callable[..., Client], kept: KeptFiles) -> None:
        self._make = lambda: make(**kept.transports())
        self._made: list[Client] = [self._make()]

    def __enter__(self) -> _Clients:
        return self

    def __exit__(self, *_: object) -> None:
        for client in self._made:
            client.close()

    def client_for(self, name: str) -> Client:
        """Return a client for a call."""
        if name.rpartition(".")[2] in self._LOGINS:
            self._made.append(self._make())
            return self._made[-1]
        return self._made[0]


def unreachable(
    secrets: Canaries, way: str, scheme: str, netloc: str, names: Sequence[str] = tuple(CALLS)
) -> Tally:
    """Make calls where nobody answers, or nobody who is trusted, and on a closed client."""
    tally = Tally(f"calls to {scheme} that show a secret")
    with Log() as log:
        for name in names:
            client = _client(secrets, way, netloc=netloc, scheme=scheme)
            try:
                seen = secrets.hits([*_shown_by_call(client, name, secrets), *log.texts])
            finally:
                client.close()
            seen += secrets.hits(_shown_by_call(client, name, secrets))
            tally.take(f"{way} {name}", seen[0] if seen else None)
            log.texts.clear()
    return tally


# The stream


def run_stream(seed: int, faults: Mapping[str, Fault] = STREAM_FAULTS) -> Tally:
    """Open the private stream in both ways under each fault, and look for the secrets."""
    tally = Tally(f"streams after which a secret was seen, seed {seed}")
    secrets = canaries(seed)
    with Log() as log, Liar(secrets) as liar:
        liar.fault = functools.partial(_stream_key, secrets)
        for name, fault in faults.items():
            for login_by in ("listen_key", "token"):
                liar.stream_fault = fault
                with KeptFiles() as kept:
                    shown = list(_one_stream(liar, secrets, login_by, kept))
                    files = kept.read_whole()
                seen = secrets.hits([*shown, *log.texts, *live_objects(), *files])
                log.texts.clear()
                tally.take(f"{name}, by {login_by}", seen[0] if seen else None)
                # What is there of a client that has told nothing, and files.
                if sum(isinstance(one, str) for one in shown) < 3:
                    tally.take(f"{name}, by {login_by}", "nothing was told of the fault")
                if not any(b"/ws?" in data for data in files):
                    tally.take(f"{name}, by {login_by}", "nothing was recorded")
        left = secrets.hits(module_state())
        tally.take("tables that are left", left[0] if left else None)
    return tally


def _stream_key(secrets: Canaries, connection: Any, request: Any) -> None:
    """Give a stream key to who asks for one; refuse everything else."""
    if request.target.startswith("/v1/private/user/listen-key"):
        connection.send(
            reply(f'{{"code":0,"data":{{"listenKey":"{secrets.values["listenKey"]}"}}}}')
        )
    else:
        REST_FAULTS["refused"](connection, request)


def _one_stream(
    liar: Liar, secrets: Canaries, login_by: str, kept: KeptFiles
) -> Iterator[str | bytes]:
    way = "key" if login_by == "listen_key" else "token"
    options: dict[str, Any] = {"login_by": login_by, "private": True, **kept.transports()}
    if way == "key":
        # An account is known by its key: there is no checkpoint without one. Nothing is handled.
        options |= {"checkpoint": kept.checkpoint, "acknowledge": True}
    client = _client(secrets, way, netloc=liar.netloc, **options)
    try:
        client.start()
        # Something is told of each fault, however long that takes; more of it only here and there.
        for timeout, most in ((_PATIENT, 1), (0.5, 2)):
            for event in itertools.islice(client.events(timeout=timeout), most):
                yield from shown_by_event(event)
    except SixmmError as error:
        yield from shown_by_error(error)
    finally:
        yield from (repr(client), repr(client.stats()))
        yield from kept.read()
        client.close()


def shown_by_event(event: Event) -> Iterator[str]:
    """Yield what is seen of an event and of the error in it."""
    yield from (repr(event), str(event))
    error = getattr(event, "error", None)
    if error is not None:
        yield from shown_by_error(error)
    yield from map(repr, getattr(event, "unchecked", {}).items())


def figure(seed: int) -> Tally:
    """Return after which calls and streams a secret was seen; after none may it be (F1, F2)."""
    closed = (unreachable(canaries(seed), way, "http", "127.0.0.1:1") for way in WAYS_IN)
    return Tally("secrets").add((run_rest(seed), run_stream(seed), *closed))


def short_figure(seed: int) -> Tally:
    """Return the same for the calls that between them send every secret."""
    return Tally("secrets").add((run_rest(seed, names=WITH_SECRETS), run_stream(seed)))
