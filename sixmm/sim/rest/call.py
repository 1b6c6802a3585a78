"""One REST call as it was received, and its answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from ..codes import Code, ExchangeError, http_status

__all__ = ["Call", "Reply"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request: `raw_query` and `body` are untouched, header names are lower case."""

    method: str
    path: str
    raw_query: str = ""
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: Mapping[str, str] = field(default_factory=dict)
    peer: str = "127.0.0.1"

    def query(self) -> dict[str, object]:
        """Return the decoded query values; of a repeated name the last one."""
        return dict(parse_qsl(self.raw_query, keep_blank_values=True))

    def json(self) -> dict[str, Any]:
        """Return the body's JSON object, an empty one for an empty body; else 2002."""
        if not self.body:
            return {}
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise ExchangeError(Code.BAD, "the body must be a JSON object")
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An envelope (rule 2) with its HTTP status; `cookie` is the session cookie to set."""

    code: int = 0
    message: str = "success"
    data: object = None
    status: int = 200
    retry_after: float | str | None = None
    cookie: str | None = None

    @classmethod
    def error(cls, error: ExchangeError) -> Reply:
        """Return the reply of a refusal; throttling asks for a pause of one second."""
        status = http_status(error.code)
        pause = 1.0 if status == 429 else None
        return cls(code=error.code, message=error.message, status=status, retry_after=pause)

    def envelope(self, request_id: str) -> dict[str, Any]:
        """Return the JSON object; an error carries no data (rule 3)."""
        head: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.code == Code.OK:
            head["data"] = {} if self.data is None else self.data
        head["requestId"] = request_id
        return head
