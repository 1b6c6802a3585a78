"""The hash that addresses are checked with."""

from __future__ import annotations

import pytest

from sixmm.sim.rocketfi.keccak import keccak256

KNOWN = [
    (b"", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
    (b"abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"),
]


@pytest.mark.parametrize(("data", "digest"), KNOWN)
def test_known_digests(data: bytes, digest: str) -> None:
    """It gives the digests that are published, and not those of SHA3-256."""
    assert keccak256(data).hex() == digest


def test_every_length_has_a_digest_of_its_own() -> None:
    """Around the size of a block the padding is one byte, two, or a block of its own."""
    digests = {keccak256(bytes(length)) for length in range(132, 142)}

    assert {len(digest) for digest in digests} == {32}
    assert len(digests) == 10
