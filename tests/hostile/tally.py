"""How many cases there were, and which of them went wrong."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

__all__ = ["Tally"]

_SHOWN = 12


@attrs.define
class Tally:
    """Counts cases; a case that went wrong is kept by its name."""

    what: str
    """What is counted, for the message of an assertion."""
    cases: int = 0
    wrong: list[str] = attrs.field(factory=list)

    def take(self, name: str, fault: str | None = None) -> None:
        """Count one case, which went wrong where ``fault`` says how."""
        self.cases += 1
        if fault is not None:
            self.wrong.append(f"{name}: {fault}")

    def add(self, others: Iterable[Tally]) -> Tally:
        """Count the cases of ``others`` too, and return this tally."""
        for other in others:
            self.cases += other.cases
            self.wrong += other.wrong
        return self

    def __str__(self) -> str:
        shown = "".join(f"\n  {fault}" for fault in self.wrong[:_SHOWN])
        more = len(self.wrong) - _SHOWN
        rest = f"\n  and {more} more" if more > 0 else ""
        return f"{self.what}: {len(self.wrong)} of {self.cases} wrong{shown}{rest}"
