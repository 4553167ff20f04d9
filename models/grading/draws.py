"""Randomness that can be replayed: one generator for each (exercise, reader, round, variant)."""

import hashlib
import hmac
import secrets

import numpy as np


def seed_of(*parts: object) -> int:
    """64 bits that depend on every part, the same on every machine."""
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def generator(seed: int) -> np.random.Generator:
    """The generator of this seed."""
    return np.random.default_rng(seed)


def fresh_seed() -> int:
    """A seed that nobody could know before; a receipt records it, so the check can be replayed."""
    return secrets.randbits(64)


def variant_of(secret: str, exercise: str) -> str:
    """An exercise's public variant, from an instructor's secret.

    It changes the numbers and may stand in a student's notebook: the secret cannot be computed
    from it, nor can the seeds that are drawn at grading time.
    """
    return hmac.new(secret.encode(), exercise.encode(), hashlib.sha256).hexdigest()[:12]


def grading_seed(secret: str, exercise: str, reader: str) -> int:
    """The seed of hidden properties: only who holds the secret can know it."""
    text = f"grade\x1f{exercise}\x1f{reader}"
    return int.from_bytes(
        hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()[:8], "big"
    )
