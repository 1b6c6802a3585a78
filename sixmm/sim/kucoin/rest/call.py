"""One REST call as it was received, and its answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from ..codes import BAD_PARAMETER, SUCCESS, KuCoinError, http_status

__all__ = ["Call", "Reply"]

_DIGITS = re.compile(r"[0-9]{1,19}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request to one of the hosts; `target` and `body` are untouched, header names lower case.

    `argument` is what stands in the path where the route has a star.
    """

    method: str
    host: str
    target: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    peer: str = "127.0.0.1"
    argument: str = ""

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    def query(self) -> dict[str, str]:
        """Return the decoded query values; of a repeated name the last one."""
        return dict(parse_qsl(self.target.partition("?")[2], keep_blank_values=True))

    def required(self, name: str) -> str:
        """Return a query value; without it the call is refused."""
        value = self.query().get(name)
        if not value:
            raise KuCoinError(BAD_PARAMETER, f"{name} cannot be empty")
        return value

    def number(self, name: str, default: int, *, least: int = 0, most: int = 2**63) -> int:
        """Return a whole number of the query, within its bounds."""
        text = self.query().get(name) or str(default)
        if not _DIGITS.fullmatch(text) or not least <= int(text) <= most:
            raise KuCoinError(BAD_PARAMETER, f"{name} is invalid")
        return int(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An envelope with its HTTP status and headers; ``data`` is there on success only."""

    code: str = SUCCESS
    message: str = ""
    data: object = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def error(cls, error: KuCoinError, headers: Mapping[str, str] | None = None) -> Reply:
        """Return the reply of a refusal."""
        return cls(
            code=error.code,
            message=error.message,
            status=http_status(error.code),
            headers=headers or {},
        )

    def envelope(self) -> dict[str, object]:
        """Return the JSON object."""
        if self.code == SUCCESS:
            return {"code": self.code, "data": self.data}
        return {"code": self.code, "msg": self.message}
