"""The book's exercises, one file each; add a file here and its name to `FILES`."""

from functools import cache
from importlib import import_module

from models.grading.task import Exercise

FILES: tuple[str, ...] = (
    "ex_01_1",
    "ex_01_2",
    "ex_01_3",
    "ex_01_4",
    "ex_02_1",
    "ex_02_2",
    "ex_02_3",
    "ex_02_4",
    "ex_02_5",
    "ex_02_6",
    "ex_03_1",
    "ex_03_2",
    "ex_03_3",
    "ex_03_4",
    "ex_04_1",
    "ex_04_2",
    "ex_04_3",
    "ex_04_4",
    "ex_06_1",
    "ex_06_2",
    "ex_06_3",
    "ex_06_4",
    "ex_07_1",
    "ex_07_2",
    "ex_07_3",
    "ex_07_4",
    "ex_07_5",
    "ex_08_1",
    "ex_08_2",
    "ex_08_3",
    "ex_08_4",
)


IDS = tuple(name.removeprefix("ex_").replace("_", "-") for name in FILES)


def named(id: str) -> Exercise:
    """The exercise of this id; the models that the others ask about are not imported.

    Raises
    ------
    ValueError
        For an id that the book does not have.
    """
    if id not in IDS:
        raise ValueError(f"exercise: {id!r} is unknown; allowed: {', '.join(IDS)}")
    found: Exercise = import_module(f"{__name__}.{FILES[IDS.index(id)]}").EXERCISE
    return found


@cache
def exercises() -> dict[str, Exercise]:
    """Every exercise by id, in the order of the book."""
    return {id: named(id) for id in IDS}
