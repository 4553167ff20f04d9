"""How long the attempts at a task really take: stragglers, and machines that fail on the way."""

from dataclasses import dataclass

import numpy as np

from models.performance.queueing.erlang import Floats
from models.performance.queueing.laws import LAWS, draw

#: What a task's time is multiplied by. "few" is the one that Dean and Barroso describe in "The
#: Tail at Scale" (CACM 2013): almost all requests are as fast as they should be, a few are not.
SLOWNESS = {"none": "None", "few": "A few slow machines", **LAWS}
del SLOWNESS["constant"]


def factors(
    law: str, rng: np.random.Generator, shape: tuple[int, ...], share: float, times: float
) -> Floats:
    """What the time of each attempt is multiplied by.

    Parameters
    ----------
    law : str
        A key of SLOWNESS. The laws of `queueing.laws` have mean 1; "few" leaves most attempts
        alone and slows the others, so its mean is above 1.
    share, times : float
        Of "few": how many attempts are slow, and how slow they are.
    """
    if law == "none":
        return np.ones(shape)
    if law == "few":
        return np.where(rng.random(shape) < share, times, 1.0)
    return draw(law, rng, shape)


@dataclass(frozen=True)
class Attempts:
    """Attempts at each task, one after another on the same machine.

    Attributes
    ----------
    busy : ndarray, shape (tasks, runs)
        Time of all attempts together, in nominal task times.
    completed : ndarray of bool, shape (tasks, runs)
        Whether an attempt completed before the allowed number was used up.
    """

    busy: Floats
    completed: np.ndarray


def attempts(factor: Floats, rng: np.random.Generator, failure: float) -> Attempts:
    """Try each task until an attempt completes or all are used up.

    Parameters
    ----------
    factor : ndarray, shape (allowed, tasks, runs)
        Time that each attempt would take, in nominal task times.
    failure : float
        Chance that an attempt's machine fails, at an instant uniform over the attempt.
    """
    if not failure:
        return Attempts(factor[0], np.ones(factor.shape[1:], bool))
    fails = rng.random(factor.shape) < failure
    reached = np.ones(factor.shape, bool)  # an attempt is made if all before it failed
    reached[1:] = np.logical_and.accumulate(fails[:-1], axis=0)
    until = np.where(fails, rng.random(factor.shape), 1.0)
    spent = np.where(reached, factor * until, 0.0)
    return Attempts(spent.sum(axis=0), np.asarray(~fails.all(axis=0)))
