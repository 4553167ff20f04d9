"""Backups: a second copy of a task that takes long, and whichever copy completes first counts."""

from dataclasses import dataclass

import numpy as np

from models.cloud.stragglers import Attempts
from models.performance.queueing.erlang import Floats
from models.performance.queueing.free_times import FreeTimes

Flags = np.ndarray  # of bool


@dataclass(frozen=True)
class Copies:
    """What backups change, each of shape (tasks, runs).

    Attributes
    ----------
    ends : ndarray
        When the task is over: its first copy to complete stops the other.
    completed : ndarray of bool
        Whether one of the two copies completed.
    backed : ndarray of bool
        Whether a backup was started.
    extra : ndarray
        Machine time of the backup.
    """

    ends: Floats
    completed: Flags
    backed: Flags
    extra: Floats


def back_up(
    machines: FreeTimes | None, wanted: Floats, ends: Floats, completed: Flags, backup: Attempts
) -> Copies:
    """Start a backup of each task that is still running at its instant `wanted`.

    A backup waits for a machine that has no task of its own left, is not started once the task is
    over, and has one attempt. A machine freed by a backup that won is not used again: what real
    schedulers do beyond that makes the end a little earlier.

    Parameters
    ----------
    machines : FreeTimes or None
        After all tasks were placed; None where every backup finds a free machine at once.
    wanted, ends : ndarray, shape (tasks, runs)
        When a backup is wanted, and when the first copy is over.
    completed : ndarray of bool, shape (tasks, runs)
        Whether the first copy completes.
    backup : Attempts
        Of the backups, in seconds.
    """
    if machines is None:
        return _race(wanted, ends, completed, backup)
    result = Copies(ends.copy(), completed.copy(), np.zeros_like(completed), np.zeros_like(ends))
    columns = np.arange(ends.shape[1])
    slow = wanted < ends
    turns = np.argsort(np.where(slow, wanted, np.inf), axis=0, kind="stable")
    for row in turns[: slow.sum(axis=0).max()]:
        at = (row, columns)
        begin = np.maximum(wanted[at], machines.first)
        mine = Attempts(backup.busy[at], backup.completed[at])
        race = _race(begin, ends[at], completed[at], mine)
        machines.replace_first(np.where(race.backed, begin + race.extra, machines.first))
        result.ends[at], result.completed[at] = race.ends, race.completed
        result.backed[at], result.extra[at] = race.backed, race.extra
    return result


def _race(begin: Floats, first: Floats, completed: Flags, backup: Attempts) -> Copies:
    """The first copy, over at `first`, against a backup from `begin` on."""
    backed = begin < first
    second = begin + backup.busy
    # A copy that completes stops the other; one that fails does not.
    stop = np.where(completed, np.minimum(first, second), second)
    wins = backed & backup.completed
    return Copies(
        ends=np.where(wins, stop, first),
        completed=completed | wins,
        backed=backed,
        extra=np.where(backed, stop - begin, 0.0),
    )
