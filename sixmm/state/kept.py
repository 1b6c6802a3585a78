"""What the mirror keeps of one order, one position or one balance."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import attrs

from .models import Balance, Order, Position
from .values import filled, model_of

__all__ = ["Kept"]

Model = TypeVar("Model", Order, Position, Balance)


@attrs.define
class Kept(Generic[Model]):
    """The last values that were told, and who told them."""

    values: tuple[Any, ...]
    """In the order of the fields of the model; set them with :meth:`replace`."""
    by_rest: bool
    """Whether a snapshot told them, so that a push that repeats them is no news."""
    known_ms: int = 0
    """The time of the newest push, or up to when a snapshot has everything; 0 for neither."""
    model: Model | None = None
    """The model of the values, once it was asked for."""

    def read(self, cls: type[Model]) -> Model:
        """Return the model of the values; it is made once."""
        model = self.model
        if model is None:
            model = self.model = model_of(cls, self.values)
        return model

    def replace(self, values: tuple[Any, ...]) -> None:
        """Keep other values; what they leave out stays as it is."""
        self.values = filled(values, self.values)
        self.model = None

    def is_after(self, ts_ms: int) -> bool:
        """Whether a push of ``ts_ms`` comes late: something later was taken over already."""
        return 0 < ts_ms < self.known_ms

    def push(self, told: tuple[Any, ...], ts_ms: int) -> bool:
        """Take over a position or balance of a push; return whether a snapshot told it already."""
        before, was_by_rest = self.values, self.by_rest
        self.replace(told)
        self.by_rest = False
        if ts_ms > self.known_ms:
            self.known_ms = ts_ms
        # The last of the values is the text of the row, which makes no difference.
        return was_by_rest and self.values[:-1] == before[:-1]

    def tell(self, told: tuple[Any, ...], *, compared: int, known_ms: int = 0) -> bool:
        """Take over a position or balance of a snapshot; return whether it is news.

        Args:
            told: the values of the row.
            compared: how many of the first values make a difference. Figures that follow the mark
                price differ at every look, and are no news by themselves.
            known_ms: what is older is in the snapshot for certain; 0 where that is not known.
        """
        before = self.values
        self.replace(told)
        is_news = self.values[:compared] != before[:compared]
        self.by_rest = is_news or self.by_rest
        if known_ms > self.known_ms:
            self.known_ms = known_ms
        return is_news
