"""Ways to damage bytes, with the places that matter known."""

from __future__ import annotations

import random

#: Numbers that counts, offsets and lengths do not expect.
ODD = (0, 1, 2, 3, 7, 8, 0x7F, 0x80, 0xFF, 0x100, 0xFFF, 0x1000, 0xFFFF, 0x10000, 0x7FFFFFFF)
ODD += (0x80000000, 0xFFFFFFFF, 1 << 63, (1 << 64) - 1, (1 << 64) - 8)

#: Offset and width of a number inside a structure.
Place = tuple[int, int]


def flip(rng: random.Random, data: bytearray, places: list[Place]) -> None:
    """Turn one bit: mostly in a known place, sometimes anywhere."""
    if places and rng.random() < 0.8:
        offset, width = rng.choice(places)
        offset += rng.randrange(width)
    else:
        offset = rng.randrange(len(data))
    if offset < len(data):
        data[offset] ^= 1 << rng.randrange(8)


def lie(rng: random.Random, data: bytearray, places: list[Place]) -> None:
    """Put another number in a known place: an odd one, a near one, or another place's."""
    offset, width = rng.choice(places)
    old = int.from_bytes(data[offset : offset + width], "little")
    kind = rng.randrange(4)
    if kind == 0:
        value = rng.choice(ODD)
    elif kind == 1:
        value = old + rng.choice((-8, -4, -1, 1, 4, 8))
    elif kind == 2:
        other, size = rng.choice(places)
        value = int.from_bytes(data[other : other + size], "little")
    else:
        value = rng.getrandbits(8 * width)
    data[offset : offset + width] = (value & (1 << 8 * width) - 1).to_bytes(width, "little")


def splice(rng: random.Random, data: bytearray, places: list[Place]) -> None:
    """Copy a stretch over another."""
    length = rng.randrange(1, 33)
    source, target = (rng.randrange(max(1, len(data) - length)) for _ in range(2))
    data[target : target + length] = data[source : source + length]


def cut(rng: random.Random, data: bytearray, places: list[Place]) -> None:
    """Drop the end."""
    del data[rng.randrange(len(data)) :]


def damage(
    rng: random.Random, valid: bytes, places: list[Place], *, cuts: bool = True
) -> bytearray:
    """Return a copy of `valid` with one to three things wrong."""
    data = bytearray(valid)
    ways = [flip, lie, lie, lie, splice, cut] if cuts else [flip, lie, lie, lie, splice]
    for _ in range(rng.randrange(1, 4)):
        if data:
            rng.choice(ways)(rng, data, [p for p in places if sum(p) <= len(data)] or [(0, 1)])
    return data
