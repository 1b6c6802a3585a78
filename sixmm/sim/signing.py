"""The check of a signed request, on the text exactly as it was received (rules 29 to 38).

Nothing is decoded, encoded or sorted on the way: the query text loses its signature pair, the
raw body is put behind it, and that is what the signature has to fit.
"""

from __future__ import annotations

import hashlib
import hmac
import re

from .codes import Code, ExchangeError

__all__ = ["TOLERANCE_MS", "check_timestamp", "expected_signature", "redact", "split_query"]

TOLERANCE_MS = 10_000

_DIGITS = re.compile(r"[0-9]{1,16}")
_SECRET = re.compile(r"(?<![^&])(signature|listenKey|token)=[^&]*")


def split_query(raw_query: str) -> tuple[str, str | None, str | None]:
    """Return the query without its signature pair, the signature and the timestamp as texts.

    A value that is absent is None. One that stands twice is refused with 1003, since it
    would be left to chance which one counts.
    """
    pairs = raw_query.split("&") if raw_query else []
    kept = [pair for pair in pairs if not pair.startswith("signature=")]
    signature = _only(pairs, "signature")
    return "&".join(kept), signature, _only(pairs, "timestamp")


def _only(pairs: list[str], name: str) -> str | None:
    values = [pair[len(name) + 1 :] for pair in pairs if pair.startswith(f"{name}=")]
    if len(values) > 1:
        raise ExchangeError(Code.NOT_ACCEPTED, f"{name} stands more than once in the query")
    return values[0] if values else None


def expected_signature(secret: str, query: str, body: bytes) -> str:
    """Return the lower-case hex signature of `query` (without its signature pair) and `body`."""
    # What was no UTF-8 on the wire came in as surrogates and goes back to the same bytes.
    payload = query.encode("utf-8", "surrogateescape") + body
    return hmac.new(secret.encode(), payload, hashlib.sha256).hexdigest()


def check_timestamp(text: str, now_ms: int) -> None:
    """Refuse a timestamp that is no number or more than 10 s off `now_ms` (1003)."""
    if not _DIGITS.fullmatch(text):
        raise ExchangeError(Code.NOT_ACCEPTED, "timestamp must be Unix milliseconds")
    if abs(int(text) - now_ms) > TOLERANCE_MS:
        raise ExchangeError(Code.NOT_ACCEPTED, "Timestamp outside of tolerance window")


def redact(raw_query: str) -> str:
    """Return the query with the values of signature, listenKey and token replaced."""
    return _SECRET.sub(lambda match: f"{match[1]}=***", raw_query)
