"""Pictures of chapter 1: what they draw is what was run."""

import numpy as np
import plotly.graph_objects as go
import pytest

from models.cloud.how_finely import Cut, how_finely
from models.explorers.scatter_gather import how_many_tasks, machine_of, scatter_gather
from models.explorers.tail import tail_at_scale
from models.explorers.three_systems import THREE, three_systems, who_uses_a_cloud

FEW = {"tasks": 190, "slowness": "few"}


def bars(figure, name):
    return [trace for trace in figure["data"] if trace["name"] == name]


def test_tasks_of_one_machine_never_overlap():
    spread = how_finely(Cut(tasks=200, machines=7, slowness="pareto")).spread
    starts, ends = spread.starts[:, 0], spread.ends[:, 0]
    lanes = machine_of(ends, 7)
    assert set(lanes) == set(range(7))
    for lane in range(7):
        own = lanes == lane
        assert (starts[own][1:] >= ends[own][:-1] - 1e-9).all()


def test_the_dark_area_is_the_useful_share():
    """With fewer machines than lanes all are drawn, and bars are work."""
    answer = scatter_gather.probe(tasks=20, machines=5)
    (tasks,) = bars(answer.figure, "A task")
    drawn = sum(tasks["x"]) / 100 / 5
    assert 100 * drawn == pytest.approx(answer.facts["Useful machine time"].value, abs=0.5)


def test_the_last_task_is_always_drawn():
    answer = scatter_gather.probe(**FEW)
    (tasks,) = bars(answer.figure, "A task")
    assert max(np.add(tasks["base"], tasks["x"])) == pytest.approx(100, abs=0.1)


def test_backups_are_hatched():
    assert not bars(scatter_gather.probe(**FEW).figure, "Had a backup")
    (hatched,) = bars(scatter_gather.probe(**FEW, patience=1.5).figure, "Had a backup")
    assert hatched["marker"]["pattern"]["shape"] == "/"


def test_the_prediction_is_the_closed_form():
    assert how_many_tasks.spec()["truth"] == "190 tasks"
    assert how_many_tasks.reply(36_000).startswith("Tasks as short as their hand-out")
    assert how_many_tasks.reply(100_000).startswith("As many as possible")
    assert who_uses_a_cloud.spec()["truth"] == "The baker"


def test_the_grid_shows_the_three_and_the_reader_s_own():
    figure = three_systems.probe(system="public", machines=1).figure
    rows = figure["layout"]["yaxis"]["ticktext"]
    assert rows == ["<b>Yours</b>", *THREE.values()]
    no = next(trace for trace in figure["data"] if trace["name"] == "No")
    assert (5, 0) in set(zip(no["x"], no["y"], strict=True))  # the reader's work is not distributed


def test_published_squares_stand_only_where_they_were_measured():
    assert bars(tail_at_scale.probe(tasks=100).figure, "Published")
    assert not bars(tail_at_scale.probe(tasks=100, share=0.02).figure, "Published")


@pytest.mark.parametrize("explorer", [scatter_gather, three_systems, tail_at_scale])
def test_plotly_accepts_the_figures(explorer):
    go.Figure(explorer.probe().figure)
