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
)


@cache
def exercises() -> dict[str, Exercise]:
    """Every exercise by id, in the order of the book."""
    found = [import_module(f"{__name__}.{name}").EXERCISE for name in FILES]
    return {exercise.id: exercise for exercise in found}
