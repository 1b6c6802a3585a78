"""Keccak-256 as it was before it became SHA-3: addresses are checked with it (EIP-55).

The standard library has SHA3-256 only, which pads otherwise. This one is slow and only ever hashes
forty characters.
"""

from __future__ import annotations

__all__ = ["keccak256"]

_RATE = 136
"""Bytes that a block takes in."""

_MASK = (1 << 64) - 1
_ROUNDS = 24

Lanes = list[list[int]]


def keccak256(data: bytes) -> bytes:
    """Return the 32 bytes of the Keccak-256 hash of `data`."""
    fill = _RATE - len(data) % _RATE
    tail = b"\x81" if fill == 1 else b"\x01" + bytes(fill - 2) + b"\x80"
    padded = data + tail
    lanes: Lanes = [[0] * 5 for _ in range(5)]
    for start in range(0, len(padded), _RATE):
        for place in range(_RATE // 8):
            word = padded[start + 8 * place : start + 8 * place + 8]
            lanes[place % 5][place // 5] ^= int.from_bytes(word, "little")
        lanes = _permuted(lanes)
    return b"".join(lanes[place][0].to_bytes(8, "little") for place in range(4))


def _rotated(word: int, by: int) -> int:
    by %= 64
    return (word << by | word >> (64 - by)) & _MASK


def _permuted(lanes: Lanes) -> Lanes:
    """Return the lanes after all rounds."""
    shift_register = 1
    for _ in range(_ROUNDS):
        lanes = _chi(_rho_pi(_theta(lanes)))
        for bit in range(7):
            shift_register = (shift_register << 1 ^ (shift_register >> 7) * 0x71) % 256
            if shift_register & 2:
                lanes[0][0] ^= 1 << ((1 << bit) - 1)
    return lanes


def _theta(lanes: Lanes) -> Lanes:
    sums = [column[0] ^ column[1] ^ column[2] ^ column[3] ^ column[4] for column in lanes]
    mixed = [sums[(x + 4) % 5] ^ _rotated(sums[(x + 1) % 5], 1) for x in range(5)]
    return [[lane ^ mixed[x] for lane in lanes[x]] for x in range(5)]


def _rho_pi(lanes: Lanes) -> Lanes:
    moved = [list(column) for column in lanes]
    x, y = 1, 0
    carried = lanes[x][y]
    for step in range(24):
        x, y = y, (2 * x + 3 * y) % 5
        carried, moved[x][y] = moved[x][y], _rotated(carried, (step + 1) * (step + 2) // 2)
    return moved


def _chi(lanes: Lanes) -> Lanes:
    return [
        [lanes[x][y] ^ (~lanes[(x + 1) % 5][y] & lanes[(x + 2) % 5][y]) for y in range(5)]
        for x in range(5)
    ]
