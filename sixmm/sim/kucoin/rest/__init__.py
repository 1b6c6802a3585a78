"""REST calls: who calls, what is asked, and the answer."""

from __future__ import annotations

from .answer import answer
from .call import Call, Reply

__all__ = ["Call", "Reply", "answer"]
