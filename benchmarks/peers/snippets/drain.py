"""No client: reads the socket and throws the bytes away, to show what the sender can do."""

from __future__ import annotations

import socket

from ...canned import LISTEN_KEY
from ...frames import upgrade_request
from .meter import Meter

__all__ = ["main"]

_FRAME = 4 + 560


def main() -> None:
    """Read as many bytes as the messages have."""
    meter = Meter("none", version="")
    sock = socket.create_connection(("127.0.0.1", meter.port))
    sock.sendall(upgrade_request(meter.host, f"/ws?listenKey={LISTEN_KEY}"))
    buffer = bytearray(262_144)
    greeted = 0
    # The reply to the upgrade, and the greeting, which is a frame of one write.
    while b"auth" not in buffer[:greeted]:
        greeted += sock.recv_into(memoryview(buffer)[greeted:])
    meter.go()
    missing = meter.wanted * _FRAME
    while missing > 0:
        missing -= sock.recv_into(buffer)
    meter.took_all()


if __name__ == "__main__":
    main()
