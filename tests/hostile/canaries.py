"""Secrets that are looked for afterwards, in every form in which they might have been shown.

A canary has two halves, and each half is looked for on its own: a text that was cut to a length
shows a half. Both are letters and digits, which no quoting changes.
"""

from __future__ import annotations

import base64
import copy
import gc
import logging
import pickle
import random
import string
import sys
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path

import attrs

__all__ = ["Canaries", "Log", "family", "live_objects", "module_state", "shown_by_error"]

_TESTS = str(Path(__file__).parents[1])
_ALPHABET = string.ascii_letters + string.digits
_HALF = 16


@attrs.define
class Canaries:
    """Secrets by name.

    Args:
        seed: draws them.
    """

    seed: int
    values: dict[str, str] = attrs.field(factory=dict)
    _needles: dict[str, str] = attrs.field(factory=dict, repr=False)

    def make(self, name: str, *, between: str = "") -> str:
        """Return a new secret; ``between`` stands between its halves."""
        rng = random.Random(f"{self.seed} {name}")
        halves = ["".join(rng.choices(_ALPHABET, k=_HALF)) for _ in range(2)]
        value = between.join(halves)
        self.know(name, value)
        return value

    def know(self, name: str, value: str) -> None:
        """Look for a secret that was made elsewhere; it has at least two times 16 characters."""
        self.values[name] = value
        for half in (value[:_HALF], value[-_HALF:]):
            for form in _forms(half):
                self._needles[form] = name

    def forget(self, name: str) -> None:
        """Look for it no more."""
        value = self.values.pop(name, "")
        for half in (value[:_HALF], value[-_HALF:]):
            for form in _forms(half):
                self._needles.pop(form, None)

    def hits(self, texts: Iterable[str | bytes]) -> list[str]:
        """Return which secrets the texts show, each with a piece of the text."""
        parts = (t.decode("latin-1") if isinstance(t, bytes) else t for t in texts)
        text = "\n".join(parts)
        found = []
        # A copy: a server that saw another secret adds it in a thread of its own.
        for needle, name in list(self._needles.items()):
            at = text.find(needle)
            if at >= 0:
                found.append(f"{name} in {text[max(0, at - 60) : at + 20]!r}")
        return found


def _forms(half: str) -> Iterator[str]:
    data = half.encode()
    yield half
    yield from (data.hex(), data.hex().upper())
    yield "".join(f"%{byte:02X}" for byte in data)
    yield "".join(f"\\x{byte:02x}" for byte in data)
    for shift in range(3):
        # Without the characters at the ends, which depend on the neighbours.
        text = base64.b64encode(bytes(shift) + data + bytes(3)).decode()
        yield text[(0, 2, 3)[shift] : (shift + len(data)) * 8 // 6]


class Log(logging.Handler):
    """Keeps everything that anybody logs in the block, at DEBUG, with what hangs on it."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.texts: list[str] = []
        self._levels: dict[str, int] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record."""
        self.texts.append(logging.Formatter("%(name)s %(message)s").format(record))
        self.texts.append(repr(record.args) + repr(record.msg) + str(record.stack_info))
        if record.exc_info and record.exc_info[1] is not None:
            self.texts += shown_by_error(record.exc_info[1])

    def __enter__(self) -> Log:
        root = logging.getLogger()
        self._levels = {"": root.level}
        for name in ("sixmm", "urllib3", "requests", "websocket", "urllib3.connectionpool"):
            self._levels[name] = logging.getLogger(name).level
        for name in self._levels:
            logging.getLogger(name).setLevel(logging.DEBUG)
        root.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger().removeHandler(self)
        for name, level in self._levels.items():
            logging.getLogger(name).setLevel(level)


def family(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and everything that hangs on it, whether tracebacks would show it or not."""
    seen: set[int] = set()
    todo: list[BaseException | None] = [error]
    while todo:
        item = todo.pop()
        if item is not None and id(item) not in seen:
            seen.add(id(item))
            yield item
            todo += [item.__cause__, item.__context__]


def shown_by_error(error: BaseException) -> list[str]:
    """Return all texts that can be made of an error, its causes, its frames and its copies.

    The frames of the tests are left out: they know the secrets, of course.
    """
    texts = [_without_tests("".join(traceback.format_exception(error)))]
    for one in family(error):
        texts += [str(one), repr(one), repr(vars(one)), repr(one.args)]
        report = traceback.TracebackException.from_exception(one, capture_locals=True)
        texts += list(report.format_exception_only())
        for frame in report.stack:
            if not frame.filename.startswith(_TESTS):
                texts += [
                    f"{frame.name} {name}={value}" for name, value in (frame.locals or {}).items()
                ]
    for again in (copy.copy(error), copy.deepcopy(error)):
        texts += [str(again), repr(again), repr(vars(again))]
    texts.append(pickle.dumps(error).decode("latin-1"))
    return texts


def _without_tests(text: str) -> str:
    frames = text.split('\n  File "')
    return '\n  File "'.join(frame for frame in frames if not frame.startswith(_TESTS))


def live_objects() -> list[str]:
    """Return what every object of sixmm that is alive shows of itself; the exchange is left out."""
    texts = []
    for thing in gc.get_objects():
        home = type(thing).__module__
        if (
            not isinstance(home, str)
            or not home.startswith("sixmm.")
            or home.startswith("sixmm.sim")
        ):
            continue
        try:
            texts += [repr(thing), str(thing), f"{thing}"]
        except ReferenceError:
            continue
    return texts


def module_state() -> list[str]:
    """Return what the modules of sixmm keep in tables: by name, by key, by object."""
    texts = []
    for name, module in list(sys.modules.items()):
        if name.startswith("sixmm") and not name.startswith("sixmm.sim"):
            kept = {
                k: v for k, v in vars(module).items() if isinstance(v, dict | list | set | tuple)
            }
            kept.pop("__builtins__", None)
            texts.append(repr(kept))
    return texts
