"""The plan of the house as a test: who may import whom, and what each module must not touch.

Every check is a function from sources to a list of faults, so that each can be shown to fail: the
second half of this module hands it small made-up sources. The tables at the top are the plan; a
name in them that no longer exists is a fault, too, because it would check nothing.
"""

from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

import sixmm

PACKAGE = Path(sixmm.__file__).parent
TESTS = Path(__file__).parent

Sources = Mapping[str, str]
"""Source texts by path, such as ``stream/session.py``, relative to the package or the tests."""

# From the roof to the ground. An import points down, or stays within its own unit.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("__main__",),
    ("cli", "relay"),
    ("client",),
    ("ordering",),
    ("streaming", "several"),
    ("blocking", "arguments"),
    ("stream",),
    ("rest", "checkpoint"),
    ("pace",),
    ("notebook", "venues"),
    ("records",),
    ("state", "transport", "codec", "schema_report"),
    ("events",),
    ("clock", "redaction", "errors", "unfrozen"),
)
# Units of the plan that are not built yet.
PLANNED = {"relay", "notebook"}

PURE = (
    "venues/*",
    "state/*",
    "codec/*",
    "events.py",
    "errors.py",
    "redaction.py",
    "unfrozen.py",
    "ordering/*",
    "stream/states.py",
    "stream/backoff.py",
    "stream/subscriptions.py",
    "stream/unanswered.py",
    "stream/reconcile.py",
    "stream/causes.py",
    "stream/lanes.py",
    "stream/routing.py",
    "stream/tail.py",
    "stream/handing.py",
    "stream/taking.py",
    "stream/options.py",
    "stream/stats.py",
    "checkpoint/coding.py",
    "checkpoint/entries.py",
    "checkpoint/gathering.py",
    "records/format.py",
    "records/cleaning.py",
    "records/course.py",
)
EFFECTS = {
    "_thread",
    "asyncio",
    "concurrent",
    "http",
    "multiprocessing",
    "queue",
    "requests",
    "select",
    "selectors",
    "socket",
    "ssl",
    "subprocess",
    "threading",
    "time",
    "urllib3",
    "websocket",
}

THREADS = {"_thread", "concurrent", "multiprocessing", "queue", "threading"}
# Where threads run, and where only locks and conditions are: what several threads share.
STARTS_THREADS = (
    "stream/session.py",
    "stream/timer.py",
    "checkpoint/writer.py",
    "records/writer.py",
    "transport/*",
    "sim/*",
    "cli/*",
)
SHARED = (
    "stream/inbox.py",
    "stream/waiter.py",
    "stream/waiting.py",
    "stream/group.py",
    "stream/links.py",
    "stream/keys.py",
    "stream/turns.py",
    "stream/desk.py",
    "stream/changes.py",
    "stream/books.py",
    "stream/following.py",
    "stream/shared.py",
    "checkpoint/keeper.py",
    "records/recorder.py",
    "records/replay.py",
    "clock.py",
    "pace.py",
    "rest.py",
)
THREADED = (*STARTS_THREADS, *SHARED)
SOCKETS = {"select", "selectors", "socket", "ssl"}
SOCKETED = ("transport/*", "sim/*")

VENUE_NAMES = re.compile(r"kucoin|rocketfi", re.IGNORECASE)
KNOWS_VENUES = ("venues/*", "sim/*", "cli/*", "client.py", "ordering/*", "__init__.py")

CLIENT_OF_A_VENUE = re.compile(r"sixmm\.venues\.[a-z]+\.client\b")

UNSAFE_MODULES = {"dill", "marshal", "pickle", "shelve", "yaml"}
UNSAFE_CALLS = {"__import__", "compile", "eval", "exec"}

MOST_LINES = 500
MEDIAN_LINES = 200

# Modules without a test module of their own, each with the reason.
NOT_MIRRORED = {
    "__main__.py": "runs the command line; tests/cli runs it as a program",
    "sim/__main__.py": "runs sim/command.py, which has its test",
    "ordering/base.py": "holds the desk; the tests of the methods exercise it",
    "stream/shared.py": "holds what the modules of the session share; their tests exercise it",
    "transport/base.py": "interfaces only; the contract suite runs against every implementation",
    "venues/base.py": "interfaces only; each venue's tests exercise them",
}


def read(folder: Path) -> dict[str, str]:
    """Return the Python sources under a folder by their relative path."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*.py"))
    }


def matches(path: str, patterns: tuple[str, ...]) -> bool:
    """Whether a path is one of the patterns, or lies under one that ends in ``/*``."""
    return any(path == p or (p.endswith("/*") and path.startswith(p[:-1])) for p in patterns)


def unit(module: str) -> str:
    """Return the unit of the plan that a module belongs to, or ``""`` for the root.

    The client of a venue lies in the folder of that venue, and stands on the floor of the clients.
    """
    if CLIENT_OF_A_VENUE.match(module):
        return "client"
    return module.removeprefix("sixmm").removeprefix(".").partition(".")[0]


def module_name(path: str) -> str:
    """Return the dotted name of the module at a path."""
    parts = ["sixmm", *path.removesuffix(".py").split("/")]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: str, source: str) -> Iterator[str]:
    """Yield the absolute name of everything that a module imports, wherever in it the import is."""
    package = module_name(path).split(".")
    if not path.endswith("__init__.py"):
        package.pop()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            home = ".".join([*base, *filter(None, [node.module])])
            yield from (f"{home}.{alias.name}" for alias in node.names)


def own_imports(path: str, source: str) -> Iterator[str]:
    """Yield what a module imports of the package itself; its version is no dependency."""
    for name in imports(path, source):
        if name.split(".")[0] == "sixmm" and name != "sixmm.__version__":
            yield name


def upward_imports(sources: Sources) -> list[str]:
    """Name the imports that do not point down, and those of the embedded exchange that leave it."""
    level = {name: number for number, floor in enumerate(FLOORS) for name in floor}
    faults = []
    for path, source in sources.items():
        mine = unit(module_name(path))
        for name in own_imports(path, source) if mine else ():
            theirs = unit(name)
            if theirs == "client" and path == f"venues/{name.split('.')[2]}/__init__.py":
                # The package hands out its client, which is imported when it is first asked for.
                continue
            if theirs == mine or (mine in ("cli", "__main__") and theirs in ("sim", "cli")):
                continue
            if mine == "sim" or level.get(theirs, -1) <= level.get(mine, 99):
                faults.append(f"{path} imports {name}")
    return faults


def venue_crossings(sources: Sources) -> list[str]:
    """Name imports of one venue by another, and by modules that must know no venue."""
    faults = []
    for path, source in sources.items():
        for name in own_imports(path, source):
            parts = name.split(".")
            if parts[1] != "venues" or len(parts) < 3 or parts[2] == "base":
                continue
            folder = f"venues/{parts[2]}/"
            inside = path.startswith("venues/") and "/" in path.removeprefix("venues/")
            foreign = inside and not path.startswith(folder)
            if foreign or not matches(path, KNOWS_VENUES):
                faults.append(f"{path} imports {name}")
    return faults


def imports_of(sources: Sources, banned: set[str]) -> list[str]:
    """Name the imports of banned top-level modules."""
    return sorted(
        {
            f"{path} imports {name.partition('.')[0]}"
            for path, source in sources.items()
            for name in imports(path, source)
            if name.partition(".")[0] in banned
        }
    )


def effects_in_the_core(sources: Sources) -> list[str]:
    """Name what a pure module imports that touches network, threads or time."""
    return imports_of({p: s for p, s in sources.items() if matches(p, PURE)}, EFFECTS)


def threads_elsewhere(sources: Sources) -> list[str]:
    """Name imports of threads outside of the modules that have them."""
    return imports_of({p: s for p, s in sources.items() if not matches(p, THREADED)}, THREADS)


def threads_started_elsewhere(sources: Sources) -> list[str]:
    """Name modules that start a thread although they only have locks."""
    started = re.compile(r"\bthreading(\.| import .*\b)(Thread|Timer)\b")
    return [
        path
        for path, source in sources.items()
        if not matches(path, STARTS_THREADS) and started.search(source)
    ]


def sockets_elsewhere(sources: Sources) -> list[str]:
    """Name imports of sockets outside of the transports and the embedded exchange."""
    return imports_of({p: s for p, s in sources.items() if not matches(p, SOCKETED)}, SOCKETS)


def asyncio_elsewhere(sources: Sources) -> list[str]:
    """Name imports of asyncio outside of the embedded exchange."""
    return imports_of({p: s for p, s in sources.items() if not matches(p, ("sim/*",))}, {"asyncio"})


def venues_named(sources: Sources) -> list[str]:
    """Name the modules that name another venue although they must not know any."""
    return [
        f"{path} names {found.group()}"
        for path, source in sources.items()
        if not matches(path, KNOWS_VENUES) and (found := VENUE_NAMES.search(source))
    ]


def unsafe_code(sources: Sources) -> list[str]:
    """Name whatever can turn data into code."""
    faults = imports_of(sources, UNSAFE_MODULES)
    for path, source in sources.items():
        for node in ast.walk(ast.parse(source)):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Name) and called.id in UNSAFE_CALLS:
                faults.append(f"{path}:{called.lineno} calls {called.id}")
    return faults


def sizes(sources: Sources) -> list[str]:
    """Name modules that are too long, and a median that is."""
    lines = {path: source.count("\n") for path, source in sources.items()}
    faults = [f"{path} has {n} lines" for path, n in lines.items() if n > MOST_LINES]
    median = statistics.median(lines.values())
    return faults + ([f"median {median}"] if median >= MEDIAN_LINES else [])


def leftovers(sources: Sources) -> list[str]:
    """Name notes to oneself that belong into an issue."""
    note = re.compile(r"#.*\b([T]ODO|[F]IXME|[H]ACK)\b")
    return [path for path, source in sources.items() if note.search(source)]


def not_mirrored(sources: Sources, tests: Sources) -> list[str]:
    """Name modules without a test module at the same place under ``tests``."""
    faults = []
    for path in sources:
        folder, _, name = path.rpartition("/")
        wanted = f"{folder}/test_{name}".lstrip("/")
        if name != "__init__.py" and path not in NOT_MIRRORED and wanted not in tests:
            faults.append(f"{path} needs tests/{wanted}")
    return faults


def undocumented_tests(tests: Sources) -> list[str]:
    """Name test functions that do not say which promise they keep."""
    return [
        f"{path}:{node.lineno} {node.name}"
        for path, source in tests.items()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.startswith("test")
        and not ast.get_docstring(node)
    ]


def sleeps(tests: Sources) -> list[str]:
    """Name tests that sleep."""
    faults = []
    for path, source in tests.items():
        for node in ast.walk(ast.parse(source)):
            called = isinstance(node, ast.Attribute) and node.attr == "sleep"
            if called and isinstance(node.value, ast.Name) and node.value.id == "time":
                faults.append(f"{path}:{node.lineno}")
        if "time.sleep" in imports(path, source):
            faults.append(path)
    return faults


def dead_names(sources: Sources) -> list[str]:
    """Name entries of the tables above that match no module."""
    units = {unit(module_name(path)) for path in sources}
    named = {name for floor in FLOORS for name in floor} - PLANNED
    patterns = (*PURE, *THREADED, *SOCKETED, *KNOWS_VENUES, *NOT_MIRRORED)
    return sorted(named - units) + sorted(
        {p for p in patterns if not any(matches(path, (p,)) for path in sources)}
    )


PACKAGE_CHECKS: list[Callable[[Sources], list[str]]] = [
    upward_imports,
    venue_crossings,
    effects_in_the_core,
    threads_elsewhere,
    threads_started_elsewhere,
    sockets_elsewhere,
    asyncio_elsewhere,
    venues_named,
    unsafe_code,
    sizes,
    leftovers,
    dead_names,
]


@pytest.mark.parametrize("check", PACKAGE_CHECKS, ids=lambda check: check.__name__)
def test_package(check: Callable[[Sources], list[str]]) -> None:
    """The package is built as planned."""
    assert check(read(PACKAGE)) == []


@pytest.mark.parametrize("check", [undocumented_tests, sleeps, leftovers])
def test_tests(check: Callable[[Sources], list[str]]) -> None:
    """Every test says which promise it keeps, and none sleeps in order to be right."""
    assert check(read(TESTS)) == []


def test_tests_mirror_the_package() -> None:
    """Who changes a module finds its tests at the same place."""
    assert not_mirrored(read(PACKAGE), read(TESTS)) == []


FAULTY: list[tuple[Callable[[Sources], list[str]], dict[str, str]]] = [
    (upward_imports, {"state/mirror.py": "from ..stream import session"}),
    (upward_imports, {"state/mirror.py": "from sixmm.client import Client"}),
    (upward_imports, {"state/mirror.py": "import sixmm.transport.base"}),
    (upward_imports, {"errors.py": "from .events import Event"}),
    (upward_imports, {"stream/session.py": "def f():\n    from ..cli import main"}),
    (upward_imports, {"venues/base.py": "from ..rest import Rest"}),
    (upward_imports, {"client.py": "from .sim import Exchange"}),
    (upward_imports, {"sim/server.py": "from ..errors import SixmmError"}),
    (upward_imports, {"sim/engine/book.py": "from ... import codec"}),
    (upward_imports, {"transport/__init__.py": "from ..venues import base"}),
    (upward_imports, {"stream/session.py": "from .. import Client"}),
    (upward_imports, {"stream/session.py": "import sixmm"}),
    (venue_crossings, {"venues/one/calls.py": "from ..two.calls import x"}),
    (venue_crossings, {"stream/session.py": "from ..venues.one import OneVenue"}),
    (venue_crossings, {"rest.py": "from .venues import one"}),
    (effects_in_the_core, {"venues/one/signing.py": "import time"}),
    (effects_in_the_core, {"state/book.py": "from threading import Lock"}),
    (effects_in_the_core, {"stream/backoff.py": "import requests.adapters"}),
    (effects_in_the_core, {"codec/text.py": "def f():\n    import socket"}),
    (threads_elsewhere, {"stream/backoff.py": "import threading"}),
    (threads_elsewhere, {"stream/reconcile.py": "from queue import Queue"}),
    (threads_started_elsewhere, {"stream/inbox.py": "threading.Thread(target=print)"}),
    (threads_started_elsewhere, {"rest.py": "from threading import Timer\nTimer(1, print)"}),
    (sockets_elsewhere, {"stream/session.py": "import ssl"}),
    (asyncio_elsewhere, {"transport/memory.py": "import asyncio"}),
    (venues_named, {"stream/session.py": "x = 'KuCoin'"}),
    (unsafe_code, {"codec.py": "import pickle"}),
    (unsafe_code, {"codec.py": "from yaml import load"}),
    (unsafe_code, {"codec.py": "eval('1')"}),
    (sizes, {"codec.py": "\n" * (MOST_LINES + 1), "a.py": "", "b.py": ""}),
    (sizes, {"codec.py": "\n" * MEDIAN_LINES}),
    (leftovers, {"codec.py": "x = 1  # TO" + "DO: later"}),
    (dead_names, {"codec.py": ""}),
    (undocumented_tests, {"test_a.py": "def test_b() -> None:\n    pass"}),
    (
        undocumented_tests,
        {"test_a.py": "class TestA:\n    def test_b(self) -> None:\n        pass"},
    ),
    (sleeps, {"test_a.py": "import time\ntime.sleep(1)"}),
    (sleeps, {"conftest.py": "from time import sleep"}),
]


@pytest.mark.parametrize(("check", "sources"), FAULTY)
def test_each_check_can_fail(
    check: Callable[[Sources], list[str]], sources: dict[str, str]
) -> None:
    """A check that accepts everything protects nothing."""
    assert check(sources) != []


def test_mirror_check_can_fail() -> None:
    """A module without its test module is found, at the top and in a folder."""
    sources = {"codec.py": "", "a/b.py": "", "a/__init__.py": ""}

    assert not_mirrored(sources, {"test_codec.py": "", "a/test_b.py": ""}) == []
    assert not_mirrored(sources, {}) == [
        "codec.py needs tests/test_codec.py",
        "a/b.py needs tests/a/test_b.py",
    ]


SOUND: dict[str, str] = {
    "__init__.py": "from .client import Client",
    "__main__.py": "from .cli import main",
    "cli/demo.py": "from ..sim import Exchange\nfrom ..client import Client\nimport threading",
    "client.py": "from .stream.session import Session\nfrom .venues.sixmm import SixmmVenue",
    "stream/session.py": "import threading, time\nfrom .. import __version__\nfrom . import inbox",
    "rest.py": "from .venues.base import Venue",
    "venues/sixmm/signing.py": "import hmac\nfrom ..base import Venue\nfrom ...errors import E",
    "transport/tls.py": "import ssl\nfrom ..clock import Deadline",
    "events.py": "from .errors import SixmmError",
    "sim/server.py": "import asyncio, socket, threading\nfrom .engine import book",
}


@pytest.mark.parametrize(
    "check", [c for c in PACKAGE_CHECKS if c is not dead_names], ids=lambda check: check.__name__
)
def test_each_check_accepts_what_is_planned(check: Callable[[Sources], list[str]]) -> None:
    """A check that refuses what the plan allows would be worked around."""
    assert check(SOUND) == []
