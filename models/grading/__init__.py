"""Exercises: prompts with each reader's own numbers, checks that call the models, receipts."""

from models.grading.exercises import exercises, named
from models.grading.task import Exercise, Task
from models.grading.todo import TODO

__all__ = ["TODO", "Exercise", "Task", "exercise", "exercises"]


def exercise(id: str, *, reader: str | None = None, variant: str = "") -> Task:
    """The exercise of this id, with a reader's numbers.

    Raises
    ------
    ValueError
        For an id that the book does not have.
    """
    return Task(named(id), reader, variant)
