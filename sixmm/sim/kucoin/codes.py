"""The codes that the embedded KuCoin answers REST calls with: texts, unlike those on the stream.

Which HTTP status goes with a code is not documented for all of them; the choice made here is the
one place where it is decided.
"""

from __future__ import annotations

__all__ = [
    "BAD_KEY",
    "BAD_PARAMETER",
    "BAD_PASSPHRASE",
    "BAD_SIGNATURE",
    "BAD_TIMESTAMP",
    "FORBIDDEN_ADDRESS",
    "MISSING_HEADER",
    "NOT_PERMITTED",
    "NO_ORDER",
    "NO_PATH",
    "OLD_KEY",
    "SUCCESS",
    "THROTTLED",
    "KuCoinError",
    "http_status",
]

SUCCESS = "200000"
MISSING_HEADER = "400001"
BAD_TIMESTAMP = "400002"
BAD_KEY = "400003"
BAD_PASSPHRASE = "400004"
BAD_SIGNATURE = "400005"
FORBIDDEN_ADDRESS = "400006"
NOT_PERMITTED = "400007"
OLD_KEY = "400008"
BAD_PARAMETER = "400100"
NO_ORDER = "400100"
NO_PATH = "404000"
THROTTLED = "429000"


class KuCoinError(Exception):
    """A refused REST call: a code and the sentence that goes into ``msg``."""

    def __init__(self, code: str, message: str) -> None:
        """Keep `code` and `message` as they go into the envelope."""
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


def http_status(code: str) -> int:
    """Return the HTTP status: 401 for credentials, 403, 404 and 429 by name, 400 for the rest."""
    if code == SUCCESS:
        return 200
    if code in (FORBIDDEN_ADDRESS, NOT_PERMITTED):
        return 403
    if "400001" <= code <= OLD_KEY:
        return 401
    return {NO_PATH: 404, THROTTLED: 429}.get(code, 500 if code.startswith("5") else 400)
