"""The tail at scale: runs against the closed form, and against published figures."""

import numpy as np
import pytest

from models.cloud.scatter_gather import any_slow
from models.cloud.tail import Tail, tail
from models.explorers.tail import PUBLISHED


@pytest.mark.parametrize("backup", ["none", "late"])
@pytest.mark.parametrize("tasks", [1, 30, 190, 2_000])
def test_runs_are_late_as_often_as_the_formula_says(tasks, backup):
    run = tail(Tail(tasks=tasks, backup=backup))
    p = any_slow(run.parameters.each, tasks)
    assert run.late == pytest.approx(p, abs=4 * np.sqrt(p * (1 - p) / run.runs) + 1e-9)


@pytest.mark.parametrize(("share", "servers", "late"), PUBLISHED)
def test_published_figures(share, servers, late):
    run = tail(Tail(tasks=servers, share=share))
    assert 100 * any_slow(share, servers) == pytest.approx(late, abs=0.5)
    assert 100 * np.interp(servers, run.tasks, run.expected) == pytest.approx(late, abs=0.5)


def test_backups_square_the_share():
    alone, backed = tail(Tail(tasks=190)), tail(Tail(tasks=190, backup="late"))
    assert backed.parameters.each == alone.parameters.each**2
    assert backed.late < alone.late / 10
