"""How finely to cut: the curve against single jobs, and where it is least."""

import numpy as np
import pytest

from models.cloud.how_finely import Cut, coarsely, how_finely, soonest
from models.cloud.scatter_gather import best_tasks, scatter_gather


def test_the_soonest_cut_is_the_closed_form_s():
    """Handing out at 0.1 s: the square root of 36,000, about 190 tasks."""
    assert soonest() == round(best_tasks(Cut().job(1, 1))) == 190
    assert soonest(1.0) == 60


def test_the_curve_has_its_least_point_near_it():
    cuts = how_finely(Cut())
    assert cuts.mean == pytest.approx(0.1 * cuts.tasks + 3_600 / cuts.tasks)
    assert cuts.slow == pytest.approx(cuts.mean)
    assert cuts.best == 190


def test_a_point_of_the_curve_is_the_job_itself():
    cut = Cut(slowness="pareto", patience=2.0, machines=50, failure=0.1)
    cuts = how_finely(cut)
    at = int(np.flatnonzero(cuts.tasks > 100)[0])
    runs = len(how_finely(Cut(**{**vars(cut), "tasks": int(cuts.tasks[at])})).spread.makespan)
    assert scatter_gather(cut.job(int(cuts.tasks[at]), runs)).makespan.mean() == cuts.mean[at]


def test_the_coarse_answer_is_near_the_full_one():
    cut = Cut(slowness="exponential", tasks=100)
    fine, coarse = how_finely(cut), coarsely(cut)
    assert coarse.spread.makespan.mean() == pytest.approx(fine.spread.makespan.mean(), rel=0.2)
    assert len(coarse.tasks) < len(fine.tasks) / 2


def test_stragglers_make_the_smaller_cut_better_on_few_machines():
    """With ten machines, ten tasks wait for the slowest; more tasks even it out."""
    cuts = how_finely(Cut(machines=10, slowness="pareto"))
    assert cuts.best > 3 * 10
