"""What an agent's site hands out to log its users in: tickets and embed tokens (rule 27)."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass

from .codes import Code, ExchangeError

__all__ = ["Tickets"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Grant:
    user_id: str
    until: int
    channel_id: str | None = None


class Tickets:
    """Tickets that work once, and embed tokens that work for a short while.

    How long either lives is not documented; both are lives that the caller gives, in ms.
    Nothing here reads a clock.
    """

    MOST = 10_000

    def __init__(self) -> None:
        """Begin with nothing handed out."""
        self._grants: OrderedDict[str, _Grant] = OrderedDict()

    def issue_ticket(self, user_id: str, until: int) -> str:
        """Return a ticket for one login before `until`."""
        return self._issue(_Grant(user_id=user_id, until=until))

    def issue_embed_token(self, user_id: str, channel_id: str, until: int) -> str:
        """Return a token that logs in from the iframe `channel_id`, as often as wanted."""
        return self._issue(_Grant(user_id=user_id, until=until, channel_id=channel_id))

    def take_ticket(self, text: str, now_ms: int) -> str:
        """Use a ticket up and return its user; one that is not good (any more) is 1003."""
        grant = self._find(text, now_ms)
        if grant is None or grant.channel_id is not None:
            raise ExchangeError(Code.NOT_ACCEPTED, "Invalid ticket")
        del self._grants[text]
        return grant.user_id

    def check_embed_token(self, text: str, channel_id: str, now_ms: int) -> str:
        """Return the user of an embed token; a dead one, or another channel, is 1003."""
        grant = self._find(text, now_ms)
        if grant is None or grant.channel_id != channel_id:
            raise ExchangeError(Code.NOT_ACCEPTED, "Invalid embed token")
        return grant.user_id

    def _issue(self, grant: _Grant) -> str:
        text = secrets.token_hex(24)
        self._grants[text] = grant
        if len(self._grants) > self.MOST:
            self._grants.popitem(last=False)
        return text

    def _find(self, text: str, now_ms: int) -> _Grant | None:
        grant = self._grants.get(text)
        return grant if grant is not None and now_ms < grant.until else None
