"""What one attempt on a layer shows: shared by the claims that are about single attempts."""

from models.claims.verdict import Finding
from models.cloud.service_models.attempts import EFFECT, Attempt


def finding(condition: str, attempt: Attempt, may: bool, shown: str) -> Finding:
    """A finding from one attempt.

    Parameters
    ----------
    condition : str
    attempt : Attempt
    may : bool
        Whether the claim says that the consumer may do this. Then it has to take effect; else it
        has to be refused.
    shown : str
        What an allowed attempt shows; a refused one shows its reason.
    """
    works = attempt.outcome == EFFECT
    return Finding(
        condition,
        works if may else not attempt.allowed,
        not works if may else attempt.allowed,
        attempt.refusal or shown,
    )
