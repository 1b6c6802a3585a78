"""Transports without a network, for the tests of programs that use sixmm, and for ours.

They keep the same promises as the real ones: one contract suite runs against both kinds. Give them
to a client in place of the defaults::

    http = MemoryHttp(lambda request: HttpResponse(status=200, body=b'{"code": 0}'))
    ws = MemoryWs(lambda peer, url: peer.push('{"event": "auth", "success": true}'))
    client = Client(http=http, ws=ws)
"""

from __future__ import annotations

from .memory_http import MemoryHttp
from .memory_peer import MemoryPeer
from .memory_ws import MemoryWs

__all__ = ["MemoryHttp", "MemoryPeer", "MemoryWs"]
