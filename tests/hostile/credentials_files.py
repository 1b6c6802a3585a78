"""Credentials files that somebody else could have read, replaced or made up."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

from sixmm.cli.credentials import MAX_FILE_BYTES, find_token_or_login, read_credentials_file
from sixmm.errors import ConfigurationError

from .canaries import Canaries, shown_by_error
from .tally import Tally

__all__ = ["BAD", "GOOD", "figure", "run"]

Make = Callable[[Path, str], Path]
"""Makes a file in a folder, from a content with secrets, and returns its path."""


def _file(path: Path, content: str | bytes, mode: int = 0o600) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    path.chmod(mode)
    return path


def _mode(mode: int) -> Make:
    return lambda folder, content: _file(folder / "c", content, mode)


def _holding(change: Callable[[str], str | bytes]) -> Make:
    return lambda folder, content: _file(folder / "c", change(content))


def _link(folder: Path, content: str) -> Path:
    (folder / "link").symlink_to(_file(folder / "target", content))
    return folder / "link"


def _link_to_nothing(folder: Path, _: str) -> Path:
    (folder / "link").symlink_to(folder / "nothing")
    return folder / "link"


def _link_to_itself(folder: Path, _: str) -> Path:
    (folder / "link").symlink_to(folder / "link")
    return folder / "link"


def _folder(folder: Path, content: str) -> Path:
    (folder / "d").mkdir(0o700)
    _file(folder / "d" / "c", content)
    return folder / "d"


def _pipe(folder: Path, _: str) -> Path:
    os.mkfifo(folder / "pipe", 0o600)
    return folder / "pipe"


def _socket(folder: Path, _: str) -> Path:
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as made:
        made.bind(str(folder / "s"))
    (folder / "s").chmod(0o600)
    return folder / "s"


BAD: dict[str, tuple[Make, str]] = {
    # Who could have read or replaced it
    "readable by the group": (_mode(0o640), "mode 0640"),
    "readable by all": (_mode(0o604), "mode 0604"),
    "writable by the group": (_mode(0o620), "mode 0620"),
    "writable by all": (_mode(0o602), "mode 0602"),
    "executable by all": (_mode(0o711), "mode 0711"),
    # What it is
    "a symbolic link": (_link, "symbolic link"),
    "a link to nothing": (_link_to_nothing, "symbolic link"),
    "a link to itself": (_link_to_itself, "symbolic link"),
    "a folder": (_folder, "not a regular file"),
    "a pipe": (_pipe, "not a regular file"),
    "a socket": (_socket, ""),
    "a device": (lambda *_: Path("/dev/zero"), ""),
    "missing": (lambda folder, _: folder / "nothing", "No such file"),
    "below a file": (lambda folder, content: _file(folder / "c", content) / "c", ""),
    # How large it is
    "too large": (_holding(lambda c: c + "#" * MAX_FILE_BYTES), "larger than"),
    "empty": (_holding(lambda _: ""), "no credentials"),
    # What is in it
    "no UTF-8": (_holding(lambda c: c.encode() + b"\xff"), "not UTF-8"),
    "UTF-16": (_holding(lambda c: c.encode("utf-16")), "not UTF-8"),
    "a value with a NUL": (_holding(lambda c: c.replace("/+=", "\x00")), "character"),
    "a value with a tab": (_holding(lambda c: c.replace("/+=", "\t")), "character"),
    "a value that is not ASCII": (_holding(lambda c: c.replace("/+=", "\u0661")), "character"),
    "no name": (_holding(lambda c: c.partition("=")[2]), "KEY=VALUE"),
    "half a key": (_holding(lambda c: c.partition("\n")[2]), "api_key is missing"),
    "broken JSON": (_holding(lambda c: '{"api_key":"' + c), "not valid JSON"),
    "deep JSON": (_holding(lambda c: '{"a":' * 10_000 + c), "not valid JSON"),
    "JSON of numbers": (_holding(lambda _: '{"api_key":1,"api_secret":2}'), "one JSON object"),
    "nested JSON": (_holding(lambda c: '{"a":{"b":"' + c[8:40] + '"}}'), "one JSON object"),
}
"""Set-ups that are refused, each with a part of the reason."""

GOOD: dict[str, Make] = {
    "lines": _mode(0o600),
    "read-only": _mode(0o400),
    "JSON": _holding(lambda c: json.dumps(dict(line.split("=", 1) for line in c.split()))),
    "a mark and line ends of Windows": _holding(lambda c: "\ufeff" + c.replace("\n", "\r\n")),
}
"""Set-ups that are taken."""


def run(seed: int) -> Tally:
    """Try every set-up, with both readers."""
    tally = Tally(f"credentials files, seed {seed}")
    secrets = Canaries(seed)
    content = f"api_key={secrets.make('key')}\napi_secret={secrets.make('secret', between='/+=')}\n"
    for name, (make, reason) in BAD.items():
        with tempfile.TemporaryDirectory() as folder:
            path = make(Path(folder), content)
            tally.take(name, _is_refused(secrets, path, reason))
    for name, good in GOOD.items():
        with tempfile.TemporaryDirectory() as folder:
            tally.take(name, _is_taken(secrets, good(Path(folder), content)))
    with _another_owner() as path:
        path.write_text(content)
        tally.take("of another user", _is_refused(secrets, path, "another user"))
    with tempfile.TemporaryDirectory() as folder:
        tally.take(
            "replaced while it is read", _is_what_was_checked(secrets, Path(folder), content)
        )
    return tally


@contextlib.contextmanager
def _another_owner() -> Iterator[Path]:
    """Give a file that belongs to somebody else, or that seems to where we may not give it away."""
    with tempfile.TemporaryDirectory() as folder:
        path = _file(Path(folder) / "c", "")
        if os.geteuid() == 0:
            os.chown(path, 12_345, -1)
            yield path
        else:
            with mock.patch("os.geteuid", return_value=12_345):
                yield path


def _is_refused(secrets: Canaries, path: Path, reason: str) -> str | None:
    for read in (read_credentials_file, lambda name: find_token_or_login(name, {})):
        try:
            read(str(path))
        except ConfigurationError as error:
            seen = secrets.hits([*shown_by_error(error), pickle.dumps(error)])
            if seen:
                return seen[0]
            if read is read_credentials_file and reason not in str(error):
                return f"told as {error}"
        except Exception as error:
            return f"{type(error).__name__} instead of ConfigurationError"
        else:
            return "was taken"
    return None


def _is_taken(secrets: Canaries, path: Path) -> str | None:
    try:
        found = read_credentials_file(str(path))
    except ConfigurationError as error:
        return f"refused: {error}"
    if found.api_key is None or found.api_secret is None:
        return "half of it is missing"
    told = (found.api_key.reveal(), found.api_secret.reveal())
    if told != (secrets.values["key"], secrets.values["secret"]):
        return "read as something else"
    seen = secrets.hits([repr(found), str(found)])
    return seen[0] if seen else None


def _is_what_was_checked(secrets: Canaries, folder: Path, content: str) -> str | None:
    """Put another file in its place after the check: what is read is what was checked."""
    path = _file(folder / "c", content)
    other = _file(folder / "other", "api_key=other\napi_secret=other\n", 0o644)
    check = os.fstat

    def replaced(descriptor: int) -> os.stat_result:
        info = check(descriptor)
        if other.exists():
            other.replace(path)
        return info

    with mock.patch("os.fstat", replaced):
        return _is_taken(secrets, path)


def figure(seed: int) -> Tally:
    """Return which set-ups were judged wrongly; none may be (F8)."""
    return run(seed)
