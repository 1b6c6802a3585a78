"""The doubles that need no network are found where the documentation says."""

from __future__ import annotations

import json

import sixmm.transport
from sixmm.transport import memory
from sixmm.transport.base import HttpRequest, HttpResponse, HttpTransport, WsTransport
from sixmm.transport.memory import MemoryHttp, MemoryPeer, MemoryWs
from tests.transport.patience import soon


def test_names() -> None:
    """The module and the package have the same three classes."""
    assert memory.__all__ == ["MemoryHttp", "MemoryPeer", "MemoryWs"]
    for name in memory.__all__:
        assert getattr(sixmm.transport, name) is getattr(memory, name)


def test_use_as_documented() -> None:
    """The lines of the documentation work."""
    http = MemoryHttp(lambda _: HttpResponse(status=200, body=b'{"code": 0}'))
    ws = MemoryWs(lambda peer, _: peer.push('{"event": "auth", "success": true}'))

    reply = http.send(HttpRequest(method="GET", url="https://h/v1/time"), deadline=soon())
    link = ws.dial("wss://h/ws", deadline=soon())

    assert json.loads(reply.body) == {"code": 0}
    assert [json.loads(m) for m in link.receive(deadline=soon())] == [
        {"event": "auth", "success": True}
    ]
    assert isinstance(http, HttpTransport)
    assert isinstance(ws, WsTransport)
    assert isinstance(ws.peers[0], MemoryPeer)
