"""Tokens for the stream."""

from __future__ import annotations

import pytest

from sixmm.sim.kucoin.tokens import TokenRefused, Tokens


def test_a_token_opens_one_connection() -> None:
    """It is good once, on its host, and knows its user."""
    tokens = Tokens(1_000)
    text = tokens.issue("spot", "u", 0).text

    with pytest.raises(TokenRefused, match="token is invalid"):
        tokens.use(text, "futures", 0)
    assert tokens.use(text, "spot", 999).user_id == "u"
    with pytest.raises(TokenRefused, match="token is invalid"):
        tokens.use(text, "spot", 999)


def test_reusable_tokens() -> None:
    """They can be had, since nothing says that the real ones are good only once."""
    tokens = Tokens(1_000, reusable=True)
    text = tokens.issue("spot", "u", 0).text

    assert tokens.use(text, "spot", 1) is tokens.use(text, "spot", 2)


def test_a_token_expires() -> None:
    """At the end of its life, and when it is ended before."""
    tokens = Tokens(1_000)
    old, ended, other = (tokens.issue("spot", user, 0).text for user in ("u", "u", "v"))

    with pytest.raises(TokenRefused, match="token is expired"):
        tokens.use(old, "spot", 1_000)
    tokens.expire("u", 10)
    with pytest.raises(TokenRefused, match="token is expired"):
        tokens.use(ended, "spot", 10)
    assert tokens.use(other, "spot", 10).user_id == "v"
    with pytest.raises(TokenRefused, match="token is invalid"):
        tokens.use("made up", "spot", 0)


def test_a_token_has_to_be_encoded() -> None:
    """It has what means something else in a URL."""
    text = Tokens(1_000).issue("spot", None, 0).text

    assert all(sign in text for sign in "+/=")


def test_old_tokens_are_forgotten() -> None:
    """However many are asked for, memory does not grow."""
    tokens = Tokens(10**9)
    first = tokens.issue("spot", None, 0).text
    for _ in range(10_000):
        tokens.issue("spot", None, 0)

    with pytest.raises(TokenRefused):
        tokens.use(first, "spot", 0)
