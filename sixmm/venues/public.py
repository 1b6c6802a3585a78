"""A venue without an account: what is left to say is how its stream speaks.

Everything about REST, credentials and the account is answered here: there is none. A venue of this
kind is written in a hundred lines; ``examples/tiny_venue.py`` is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NoReturn

from ..errors import ConfigurationError, SixmmError
from ..events import Event
from ..redaction import Secret
from ..state.models import Balance, Baseline, Facts, Fill, Order, Position, Snapshot
from ..transport.base import HttpRequest, HttpResponse
from .base import Call, Credentials, Dial, Plan, StreamKey, Venue

__all__ = ["PublicVenue"]


class PublicVenue(Venue):
    """The part of a venue that is the same for all that have public streams only.

    A subclass says what the topics are, what the frames look like, and what they tell:
    ``name``, :meth:`~.base.Venue.check_topic`, :meth:`~.base.Venue.subscribe_text`,
    :meth:`~.base.Venue.unsubscribe_text`, :meth:`~.base.Venue.ping_text`,
    :meth:`~.base.Venue.classify` and :meth:`~.base.Venue.decode`. Whoever asks for an account gets
    a :class:`~sixmm.errors.ConfigurationError`.
    """

    def dial_plan(
        self,
        *,
        ws_url: str,
        private: bool,
        credentials: Credentials,  # noqa: ARG002
        held: StreamKey | None,  # noqa: ARG002
        now_ms: int,  # noqa: ARG002
    ) -> Plan[Dial]:
        """Return the plan that ends with the address as it is, without any call."""
        if private:
            self._refuse()
        yield from ()
        return Dial(url=Secret(ws_url))

    # What there is none of

    def prepare(
        self,
        call: Call,  # noqa: ARG002
        *,
        rest_url: str,  # noqa: ARG002
        credentials: Credentials,  # noqa: ARG002
        timestamp_ms: int,  # noqa: ARG002
        request_id: str,  # noqa: ARG002
    ) -> HttpRequest:
        """Refuse: there are no REST calls."""
        self._refuse()

    def parse(self, call: Call, response: HttpResponse) -> Any:  # noqa: ARG002
        """Refuse: there are no REST calls."""
        self._refuse()

    def server_time_call(self) -> Call:
        """Refuse: there are no REST calls."""
        self._refuse()

    def is_clock_error(self, error: SixmmError) -> bool:  # noqa: ARG002
        """Nothing is signed, so no timestamp can be off."""
        return False

    def is_replay_error(self, error: SixmmError) -> bool:  # noqa: ARG002
        """Nothing is signed, so nothing can be seen twice."""
        return False

    def login_call(self, *, username: str, password: Secret) -> Call:  # noqa: ARG002
        """Refuse: there is no account."""
        self._refuse()

    def refresh_call(self) -> Call:
        """Refuse: there is no account."""
        self._refuse()

    def renew_plan(self, key: StreamKey, *, now_ms: int) -> Plan[StreamKey]:  # noqa: ARG002
        """Refuse: there is no account."""
        self._refuse()

    def release_plan(self, key: StreamKey) -> Plan[None]:  # noqa: ARG002
        """Refuse: there is no account."""
        self._refuse()

    def facts(self, event: Event) -> Facts | None:  # noqa: ARG002
        """No event tells about an account."""
        return None

    def snapshot_plan(self, baseline: Baseline, *, now_ms: int) -> Plan[Snapshot]:  # noqa: ARG002
        """Refuse: there is no account."""
        self._refuse()

    def partly_filled(self, order: Order, executed_quantity: Decimal) -> Order:  # noqa: ARG002
        """Refuse: there is no account."""
        self._refuse()

    def order_event(
        self,
        order: Order,  # noqa: ARG002
        fill: Fill | None,  # noqa: ARG002
        *,
        topic: str,  # noqa: ARG002
        received_at: int,  # noqa: ARG002
    ) -> Event:
        """Refuse: there is no account."""
        self._refuse()

    def account_events(
        self,
        *,
        balances: Sequence[Balance],  # noqa: ARG002
        positions: Sequence[Position],  # noqa: ARG002
        ts: int,  # noqa: ARG002
        topic: str,  # noqa: ARG002
        received_at: int,  # noqa: ARG002
    ) -> Sequence[Event]:
        """Refuse: there is no account."""
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise ConfigurationError(f"{self.name} has public streams only: no account, no REST calls")
