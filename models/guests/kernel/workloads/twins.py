"""What each workload must come to, computed in Python from the same description."""

from __future__ import annotations

from struct import iter_unpack

from models.machine.devices.network import echo

MASK = (1 << 64) - 1
CHECKSUM, PRIME = 0xCBF2_9CE4_8422_2325, 0x100_0000_01B3  # FNV-1a's, of 64 bits
SECTOR, SECTORS = 512, 64


def mix(checksum: int, *values: int) -> int:
    """Return the checksum after some doublewords (FNV-1a, a doubleword a step)."""
    for value in values:
        checksum = ((checksum ^ value & MASK) * PRIME) & MASK
    return checksum


def following(state: int) -> int:
    """Return the next of a row of random numbers (Knuth's MMIX generator)."""
    return (state * 6364136223846793005 + 1442695040888963407) & MASK


def doublewords(data: bytes) -> list[int]:
    """Return bytes as little-endian doublewords."""
    return [word for (word,) in iter_unpack("<Q", data)]


def disk_image() -> bytes:
    """Return a disk full of random numbers, the row that starts from 1."""
    state, words = 1, []
    for _ in range(SECTORS * SECTOR // 8):
        state = following(state)
        words.append(state.to_bytes(8, "little"))
    return b"".join(words)


def hello(size: int) -> int:
    """The number of the first process is 1."""
    return mix(CHECKSUM, 1)


def compute(size: int) -> int:
    """Random numbers, each divided by its place."""
    checksum, state = CHECKSUM, 1
    for place in range(1, size + 1):
        state = following(state)
        checksum = mix(checksum, state // place ^ state % place)
    return checksum


def syscall(size: int) -> int:
    """The process's number, plus the number of the round."""
    return mix(CHECKSUM, *(1 + turn for turn in range(size)))


def mapping(size: int) -> int:
    """Of the pages every other one was written."""
    checksum = CHECKSUM
    for turn in range(size):
        pages = turn % 8 + 1
        content = [turn if page % 2 == 0 else 0 for page in range(pages)]
        checksum = mix(checksum, 0, -(-pages // 2), *content)
    return checksum


def walk(size: int) -> int:
    """Each step reads a random word, and adds to it."""
    checksum, state, memory = CHECKSUM, 1, [0] * (256 * 4096 // 8)
    for step in range(size):
        state = following(state)
        place = (state >> 32) % len(memory)
        checksum = mix(checksum, memory[place])
        memory[place] += step + 1
    return checksum


def selfmodifying(size: int) -> int:
    """The functions return the number of the round, in 11 bits."""
    return mix(CHECKSUM, *(turn & 0x7FF for turn in range(size)))


def fork(size: int) -> int:
    """Families of four."""

    def family(checksum: int, generations: int) -> int:
        checksum = mix(checksum, generations)
        if not generations:
            return checksum
        return mix(checksum, family(checksum, generations - 1))

    checksum = CHECKSUM
    for _ in range(size):
        checksum = family(checksum, 3)
    return checksum


def switch(size: int) -> int:
    """Whoever runs when, each of three comes to its own result."""

    def child(number: int) -> int:
        checksum = mix(CHECKSUM, number)
        for turn in range(size):
            checksum = mix(checksum, *[turn] * (64 if number == 2 else 1))
        return checksum

    return mix(CHECKSUM, *(child(number) for number in (1, 2, 3)))


def disk(size: int) -> int:
    """Read a sector, write the checksum so far into its second doubleword."""
    checksum, image = CHECKSUM, bytearray(disk_image())
    for turn in range(size):
        start = turn * 7 % SECTORS * SECTOR
        checksum = mix(checksum, *doublewords(bytes(image[start : start + SECTOR])))
        image[start + 8 : start + 16] = checksum.to_bytes(8, "little")
    return checksum


def network(size: int) -> int:
    """Frames and their echoes."""
    checksum, state = CHECKSUM, 1
    for turn in range(size):
        frame = bytearray()
        for _ in range(8 + turn % 8 * 2):
            state = following(state)
            frame += state.to_bytes(8, "little")
        frame[0] = frame[6] = 0
        frame[12:14] = b"\x88\xb5"
        answer = echo(bytes(frame))
        checksum = mix(checksum, len(answer), *doublewords(answer))
    return checksum
