"""The REST calls, without a socket: a `Call` goes in and a `Reply` comes out."""

from __future__ import annotations

from .answer import answer
from .call import Call, Reply

__all__ = ["Call", "Reply", "answer"]
