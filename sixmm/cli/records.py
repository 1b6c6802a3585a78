"""The commands that write a record of a stream, and play one."""

from __future__ import annotations

import contextlib
import json
import math
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from .failures import CommandFailed

if TYPE_CHECKING:
    from ..client import Client
    from ..records import Recorder, ReplayTransport
    from .output import Output

__all__ = ["record", "record_stream", "replay", "replay_record"]

_POLL_SECONDS = 0.25
_QUIET_SECONDS = 0.75
"""For how long nothing may come before a replay that is over ends."""
_CONNECT_SECONDS = 20.0
_FLUSH_SECONDS = 10.0
_MEANINGS_RECORD = {
    "events": "events while it was recorded",
    "left_out": "messages that are missing in the record, because the disk was too slow",
    "bytes": "size of the file",
}
_MEANINGS_REPLAY = {
    "events": "events that the client told",
    "left_out": "messages that are missing in the record",
    "missing": "things that the client asked for and the record does not have",
}


class _Number(click.FloatRange):
    """A finite number within bounds."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        number: float = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value} is not a number of this range.", param, ctx)
        return number


def _output(*, as_json: bool) -> Output:
    from .output import open_output

    return open_output(sys.stdout, as_json=as_json)


@click.command()
@click.argument("path", metavar="FILE")
@click.argument("topics", nargs=-1, metavar="[TOPIC]...")
@click.option("--private", is_flag=True, help="Also the events of the account; needs credentials.")
@click.option(
    "--credentials",
    metavar="FILE",
    help="A file of yours alone with the credentials; see 'sixmm listen --help'.",
)
@click.option("--seconds", type=_Number(0.1), help="End after this time.")
@click.option("--overwrite", is_flag=True, help="Replace a file that is there.")
@click.option("--rest-url", envvar="SIXMM_REST_URL", help="Another REST address.")
@click.option("--ws-url", envvar="SIXMM_WS_URL", help="Another stream address.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def record(
    path: str,
    topics: tuple[str, ...],
    private: bool,
    credentials: str | None,
    seconds: float | None,
    overwrite: bool,
    rest_url: str | None,
    ws_url: str | None,
    as_json: bool,
) -> int:
    """Write everything that is sent and received to FILE (.jsonl.gz), without the secrets.

    The file tells an account's orders and balances: only its owner can read it.
    """
    if not topics and not private:
        raise click.UsageError("nothing to record: name a topic or use --private")
    if credentials is not None and not private:
        raise click.UsageError("--credentials is used with --private only")
    return record_stream(
        path,
        topics=topics,
        private=private,
        credentials_file=credentials,
        seconds=seconds,
        overwrite=overwrite,
        rest_url=rest_url,
        ws_url=ws_url,
        output=_output(as_json=as_json),
    )


@click.command()
@click.argument("path", metavar="FILE")
@click.option(
    "--speed",
    type=_Number(0),
    default=1.0,
    show_default=True,
    help="How many times faster than it was; 0 does not wait at all.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
def replay(path: str, speed: float, as_json: bool) -> int:
    """Play a record: show the events that the client makes of it. Nothing is sent anywhere."""
    return replay_record(path, speed=speed or None, output=_output(as_json=as_json))


# Recording


def record_stream(
    path: str,
    *,
    topics: Sequence[str],
    private: bool,
    credentials_file: str | None,
    seconds: float | None,
    overwrite: bool,
    rest_url: str | None,
    ws_url: str | None,
    output: Output,
) -> int:
    """Record until Ctrl-C (code 130) or for ``seconds`` (code 0); then say what is in the file.

    Raises:
        ConfigurationError: the file, a topic, an address or the credentials cannot work.
        SixmmError: the exchange refuses the credentials or a topic, or cannot be reached.
        CommandFailed: the file could not be written to its end.
    """
    from ..venues.sixmm.topics import check_topic

    wanted = [check_topic(topic) for topic in topics]
    settings: dict[str, Any] = {"private": private}
    settings.update({"rest_url": rest_url} if rest_url else {})
    settings.update({"ws_url": ws_url} if ws_url else {})
    if private:
        settings.update(_credentials(credentials_file))
    code, events = 0, 0
    with _recorded_client(path, overwrite=overwrite, settings=settings) as (client, recorder):
        with client, output:
            output.status(" connecting ")
            _wait_live(client)
            client.subscribe(*wanted)
            output.status(" recording; Ctrl-C ends ")
            try:
                for _ in _taken(client, seconds):
                    events += 1
            except KeyboardInterrupt:
                code = 130
        is_whole = recorder.close(_FLUSH_SECONDS)
    figures = {"events": events, "left_out": recorder.left_out, "bytes": os.path.getsize(path)}
    is_good = is_whole and not recorder.left_out
    output.summary("The record", figures, good=is_good, meanings=_MEANINGS_RECORD)
    if not is_whole:
        raise CommandFailed(recorder.failure or "the record was not written to its end in time")
    return code


def _wait_live(client: Client) -> None:
    """Wait for the first connection; a failure says what the last attempt ended with."""
    from ..errors import ConnectFailed, DeadlineExceeded

    try:
        client.wait_live(_CONNECT_SECONDS)
    except DeadlineExceeded as exc:
        why = client.stats().last_error or "no answer"
        raise ConnectFailed(f"no connection within {_CONNECT_SECONDS:g} s: {why}") from exc


def _credentials(path: str | None) -> dict[str, Any]:
    from .credentials import find_credentials

    found = find_credentials(path, os.environ)
    return {
        "api_key": found.api_key,
        "api_secret": found.api_secret,
        "access_token": found.access_token,
    }


@contextlib.contextmanager
def _recorded_client(
    path: str, *, overwrite: bool, settings: dict[str, Any]
) -> Iterator[tuple[Client, Recorder]]:
    """Give a client and its record; where the client cannot be made, no file is left."""
    from ..client import Client
    from ..errors import ConfigurationError
    from ..records import Recorder
    from ..transport import RequestsTransport, WebSocketClientTransport

    with Recorder(path, overwrite=overwrite) as recorder:
        try:
            client = Client(
                **settings,
                http=recorder.http(RequestsTransport()),
                ws=recorder.ws(WebSocketClientTransport()),
            )
        except ConfigurationError:
            recorder.close()
            os.unlink(path)
            raise
        yield client, recorder


def _taken(client: Client, seconds: float | None) -> Iterator[object]:
    """Yield events until the time is over."""
    from ..clock import Deadline

    deadline = Deadline(seconds)
    while not deadline.expired:
        left = deadline.remaining()
        try:
            yield client.get(timeout=_POLL_SECONDS if left is None else min(left, _POLL_SECONDS))
        except TimeoutError:
            continue


# Replaying


def replay_record(path: str, *, speed: float | None, output: Output) -> int:
    """Show the events of a record until it is over; return the exit code.

    Raises:
        ConfigurationError: the file is not a record.
        SixmmError: what had ended the stream for good when it was recorded.
    """
    from ..client import Client
    from ..records import ReplayTransport

    played = ReplayTransport(path, speed=speed)
    events = 0
    client = Client(**_settings(played.urls), http=played.http, ws=played.ws)
    with output:
        if played.record.is_torn:
            output.note("The record breaks off; it is played up to there.")
        with client:
            threading.Thread(
                target=_subscribe, args=(client, played), name="sixmm-replay", daemon=True
            ).start()
            for event in _played(client, played):
                output.event(event)
                events += 1
    missing = played.missing
    figures = {"events": events, "left_out": played.record.left_out, "missing": len(missing)}
    output.summary("The replay", figures, good=not missing, meanings=_MEANINGS_REPLAY)
    return 0


def _settings(urls: Sequence[str]) -> dict[str, Any]:
    """Return what a client needs to log in as the recorded one did; any credential will do."""
    if any("listenKey=" in url for url in urls):
        return {"api_key": "replay", "api_secret": "replay"}
    if any("token=" in url for url in urls):
        return {"access_token": "replay", "login_by": "token"}
    return {"private": False}


def _subscribe(client: Client, played: ReplayTransport) -> None:
    """Ask for the topics again that were asked for, one request after the other."""
    from ..errors import SixmmError

    with contextlib.suppress(SixmmError):
        client.wait_live(None)
    for text in played.requests:
        topics = _topics_of(text)
        # A refusal is told by an event as well, and the end of the client ends all of this.
        with contextlib.suppress(SixmmError):
            client.subscribe(*topics, timeout=None)


def _topics_of(text: str) -> list[str]:
    try:
        request = json.loads(text)
    except ValueError:
        return []
    if not isinstance(request, dict) or request.get("op") != "subscribe":
        return []
    topics = request.get("args")
    return [str(topic) for topic in topics] if isinstance(topics, list) else []


def _played(client: Client, played: ReplayTransport) -> Iterator[Any]:
    """Yield events until the record is over and nothing has come for a moment."""
    from ..clock import Deadline

    quiet = Deadline(_QUIET_SECONDS)
    while not (played.is_over and quiet.expired):
        try:
            yield client.get(timeout=_POLL_SECONDS)
        except TimeoutError:
            continue
        quiet = Deadline(_QUIET_SECONDS)
