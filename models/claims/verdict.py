"""From two bits a condition to a verdict: the one place where verdicts are made."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """What becomes of a claim: key for style sheets, glyph and word for readers.

    The glyph and the word carry the meaning; no hue does.
    """

    HOLDS = ("holds", "✓", "holds")
    LIMITS = ("limits", "≈", "holds with limits")
    OUTDATED = ("outdated", "◷", "outdated")  # a clock that common fonts have; ⌛ is an emoji
    WRONG = ("wrong", "✗", "wrong")
    OPEN = ("open", "…", "not yet settled")

    def __init__(self, key: str, glyph: str, word: str) -> None:
        self.key = key
        self.glyph = glyph
        self.word = word

    @classmethod
    def named(cls, word: str) -> "Verdict":
        """The verdict of this word.

        Raises
        ------
        ValueError
            For a word that is none of theirs.
        """
        for verdict in cls:
            if verdict.word == word:
                return verdict
        raise ValueError(f"verdict: {word!r} is unknown; allowed: {', '.join(v.word for v in cls)}")

    def __str__(self) -> str:
        return f"{self.glyph} {self.word}"


@dataclass(frozen=True)
class Finding:
    """What one run shows of a claim under one of its declared conditions.

    Attributes
    ----------
    condition : str
        As declared in claims.toml.
    confirmed, refuted : bool
        What the run shows, each judged by its own inequality. Both may be False: the run is then
        undecided. Never both True.
    measure : str
        The number that decided, with its unit.
    """

    condition: str
    confirmed: bool
    refuted: bool
    measure: str

    def __post_init__(self) -> None:
        if self.confirmed and self.refuted:
            raise ValueError(f"{self.condition}: a run cannot confirm and refute under it at once")


def judge(findings: Iterable[Finding], older: Collection[str] = ()) -> Verdict:
    """The verdict that these findings amount to.

    Parameters
    ----------
    findings : iterable of Finding
    older : collection of str
        Conditions that belong to an earlier generation of hardware or software; the others are
        today's.

    Raises
    ------
    ValueError
        When one condition is confirmed by one run and refuted by another: the condition is then
        too coarse to be one.
    """
    found = list(findings)
    confirmed = {f.condition for f in found if f.confirmed}
    refuted = {f.condition for f in found if f.refuted}
    if both := confirmed & refuted:
        raise ValueError(f"{min(both)}: confirmed by one run and refuted by another")
    if confirmed and refuted:
        outdated = confirmed <= set(older) and not refuted <= set(older)
        return Verdict.OUTDATED if outdated else Verdict.LIMITS
    if confirmed:
        return Verdict.HOLDS
    return Verdict.WRONG if refuted else Verdict.OPEN
