"""What survives the end of the program: the memory of the mirror, and what was not handled yet.

:class:`Checkpoint` is what the stream and the callers use. ``coding`` turns rows and events into
text and back, ``entries`` says what is queued and what is read back, ``writer`` writes it in a
thread of its own, and ``store`` is the SQLite file.
"""

from __future__ import annotations

from .entries import (
    Numbered,
    Tell,
    TellAccount,
    TellCondition,
    TellOrder,
    is_numbered,
    mark,
)
from .keeper import Checkpoint, CheckpointStats, account_name, again
from .writer import CheckpointLimits

__all__ = [
    "Checkpoint",
    "CheckpointLimits",
    "CheckpointStats",
    "Numbered",
    "Tell",
    "TellAccount",
    "TellCondition",
    "TellOrder",
    "account_name",
    "again",
    "is_numbered",
    "mark",
]
