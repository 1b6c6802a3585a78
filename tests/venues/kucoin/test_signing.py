"""Signatures: known vectors, what is signed, and that nothing shows a secret."""

from __future__ import annotations

import pytest

from sixmm.errors import ConfigurationError
from sixmm.redaction import Secret
from sixmm.venues.kucoin.signing import (
    check_key_version,
    login_members,
    sign,
    signed_headers,
    signing_text,
)

TIME = 1_700_000_000_000
SECRET = Secret("secret")


def key() -> dict[str, Secret]:
    """Return a key that nobody keeps: while a secret lives it is masked wherever it stands.

    Its passphrase is a word that the texts of other tests have.
    """
    return {"api_key": Secret("my-key"), "api_secret": SECRET, "passphrase": Secret("passphrase")}


class TestVectors:
    """The check vectors of the fact sheet."""

    def test_token_call(self) -> None:
        """The call for a token is signed over time, method and path, without a body."""
        text = signing_text(
            timestamp_ms=TIME, method="post", target="/api/v1/bullet-private", body=None
        )

        assert text == "1700000000000POST/api/v1/bullet-private"
        assert sign(SECRET, text) == "sigrgFlHvwzJnjraKWugFacllwle1J+2Cd2wTF5/40g="

    def test_passphrase(self) -> None:
        """The passphrase is signed rather than sent."""
        assert sign(SECRET, "passphrase") == "sWd5rQWAxDzYJTY6K2sov6seA0l3uNP70anWxITg8IA="

    def test_login_by_frame(self) -> None:
        """A login on the unified stream signs the time and a fixed path."""
        members = login_members(**key(), timestamp_ms=TIME)

        assert members == {
            "kc-api-key": "my-key",
            "kc-api-sign": "vmCBTPPAr+ifFaNreY14YhuuNmvfo+yuKIvSSgVK0Do=",
            "kc-api-timestamp": "1700000000000",
            "kc-api-passphrase": "sWd5rQWAxDzYJTY6K2sov6seA0l3uNP70anWxITg8IA=",
        }


class TestHeaders:
    """The headers of a signed request."""

    def test_all_of_them(self) -> None:
        """Key, signature, time, signed passphrase and version; the present version unless told."""
        headers = signed_headers(
            **key(), text="1700000000000POST/api/v1/bullet-private", timestamp_ms=TIME
        )

        assert headers == {
            "KC-API-KEY": "my-key",
            "KC-API-SIGN": "sigrgFlHvwzJnjraKWugFacllwle1J+2Cd2wTF5/40g=",
            "KC-API-TIMESTAMP": "1700000000000",
            "KC-API-PASSPHRASE": "sWd5rQWAxDzYJTY6K2sov6seA0l3uNP70anWxITg8IA=",
            "KC-API-KEY-VERSION": "3",
        }

    def test_an_older_key(self) -> None:
        """A key of version 2 differs in the header that says so, and in nothing else."""
        new = signed_headers(**key(), text="x", timestamp_ms=TIME)
        old = signed_headers(**key(), text="x", timestamp_ms=TIME, key_version=2)

        assert {name for name in new if new[name] != old[name]} == {"KC-API-KEY-VERSION"}
        assert old["KC-API-KEY-VERSION"] == "2"

    @pytest.mark.parametrize("version", [1, 0, 4, True])
    def test_other_versions(self, version: int) -> None:
        """A version that the exchange refuses is refused before anything is sent."""
        with pytest.raises(ConfigurationError, match="3 or 2"):
            check_key_version(version)

    def test_body_and_query(self) -> None:
        """The query is signed as it reads, the body byte for byte."""
        text = signing_text(
            timestamp_ms=1, method="POST", target="/a?b=c,d e", body='{"x":"é"}'.encode()
        )

        assert text == '1POST/a?b=c,d e{"x":"é"}'
