"""Name look-up that can be waited for, and given up."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

import pytest

from sixmm.clock import Deadline
from sixmm.transport import resolve as resolve_module
from sixmm.transport.resolve import Address, resolve
from tests.transport.patience import in_thread, soon
from tests.transport.servers import PATIENCE

Result = list[tuple[int, int, int, str, tuple[str, int]]]


def never() -> bool:
    """Never give up."""
    return False


def use(monkeypatch: pytest.MonkeyPatch, look_up: Callable[[str], Result]) -> list[str]:
    """Let ``look_up`` stand for the system's look-up; return the list of names it is asked for."""
    asked: list[str] = []

    def getaddrinfo(host: str, port: object, **options: object) -> Result:  # noqa: ARG001
        asked.append(host)
        return look_up(host)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def found(*addresses: str) -> Result:
    """Return the system's answer for ``addresses``."""
    return [
        (socket.AF_INET6 if ":" in a else socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, 0))
        for a in addresses
    ]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", [(socket.AF_INET, ("127.0.0.1", 9))]),
        ("::1", [(socket.AF_INET6, ("::1", 9))]),
        ("localhost", [(socket.AF_INET, ("127.0.0.1", 9)), (socket.AF_INET6, ("::1", 9))]),
    ],
)
def test_no_look_up(monkeypatch: pytest.MonkeyPatch, host: str, expected: list[Address]) -> None:
    """A literal address and localhost are known without asking."""
    asked = use(monkeypatch, lambda _: found("6.6.6.6"))

    assert resolve(host, 9, soon(), given_up=never) == expected
    assert asked == []


def test_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """All addresses of a name are returned once each, in the system's order."""
    use(monkeypatch, lambda _: found("2001:db8::1", "192.0.2.1", "192.0.2.1"))

    assert resolve("exchange.test", 443, soon(), given_up=never) == [
        (socket.AF_INET6, ("2001:db8::1", 443)),
        (socket.AF_INET, ("192.0.2.1", 443)),
    ]


def test_unknown_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system says about a name is passed on."""

    def fail(_host: str) -> Result:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    use(monkeypatch, fail)

    with pytest.raises(OSError, match="Name or service not known"):
        resolve("nowhere.test", 443, soon(), given_up=never)


def test_name_without_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that has no address is as good as none."""
    use(monkeypatch, lambda _: [])

    with pytest.raises(OSError, match="no address"):
        resolve("empty.test", 443, soon(), given_up=never)


def test_name_that_cannot_be_encoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that the system cannot encode is as good as none."""

    def fail(_host: str) -> Result:
        raise UnicodeError("label too long")

    use(monkeypatch, fail)

    with pytest.raises(OSError, match="not valid"):
        resolve("odd.test", 443, soon(), given_up=never)


def test_silent_name_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """A look-up that never ends costs the deadline, and one thread however often it is tried."""
    release = threading.Event()
    asked = use(monkeypatch, lambda _: found("192.0.2.1") if release.wait(PATIENCE) else [])

    for _ in range(5):
        with pytest.raises(TimeoutError):
            resolve("slow.test", 443, Deadline(0.01), given_up=never)
    waiting = [t for t in threading.enumerate() if t.name == "sixmm-resolve-slow.test"]
    release.set()
    waiting[0].join(PATIENCE)

    assert asked == ["slow.test"]
    assert len(waiting) == 1
    assert waiting[0].daemon
    assert "slow.test" not in resolve_module._lookups


def test_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A caller that gives up does not wait for the name server."""
    release, give_up = threading.Event(), threading.Event()
    use(monkeypatch, lambda _: found() if release.wait(PATIENCE) else [])

    with in_thread(
        lambda: resolve("stuck.test", 443, Deadline(None), given_up=give_up.is_set)
    ) as raised:
        give_up.set()
    release.set()

    assert [str(exc) for exc in raised] == ["the look-up was given up"]
