"""What the machine refuses to take in."""

from __future__ import annotations


class ImageError(ValueError):
    """A file that is not what it should be: an ELF file, a disk image or a snapshot.

    Parameters
    ----------
    where : str
        The file, and the place in it.
    problem : str
        What stands there.
    allowed : str
        What may stand there.
    """

    def __init__(self, where: str, problem: str, allowed: str):
        self.where = where
        self.problem = problem
        self.allowed = allowed
        super().__init__(f"{where}: {problem}; allowed: {allowed}")
