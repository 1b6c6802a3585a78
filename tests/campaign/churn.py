"""Makes and frees large pieces in a thread, and prints how much more is resident afterwards."""

from __future__ import annotations

import threading

from .memory import keep_little, resident_bytes

__all__ = ["main"]


def main() -> None:
    """Free a very large piece first: from that the allocator learns to keep such pieces."""
    keep_little()
    pieces: list[bytes] = []
    kept: list[bytes] = []

    def churn() -> None:
        bytes(16_000_000)
        for _ in range(30):
            pieces.append(b"x" * 1_000_000)
            kept.append(b"x" * 40_000)
        pieces.clear()

    before = resident_bytes()
    thread = threading.Thread(target=churn)
    thread.start()
    thread.join()
    print(resident_bytes() - before)


if __name__ == "__main__":
    main()
