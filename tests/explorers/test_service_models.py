"""Chapter 4's pictures show what the runs found, and nothing else."""

import numpy as np

from models.cloud.service_models.attempts import EFFECT, NO_EFFECT, REFUSED, Question, attempts
from models.cloud.service_models.layers import NAMES
from models.cloud.service_models.one_request import Visit, one_request
from models.cloud.service_models.patches import DAYS, LAYERS, Year, patches
from models.cloud.service_models.pushes import Push, pushed
from models.cloud.service_models.scale_to_zero import Calls, bill, rented, scale_to_zero
from models.explorers import one_request as one_request_picture
from models.explorers import patches as year_picture
from models.explorers import pushes as push_picture
from models.explorers import scale_to_zero as functions_picture
from models.explorers import who_may_touch as touch_picture


def trace(figure, name):
    return next(t for t in figure["data"] if t["name"] == name)


def test_every_attempt_has_its_mark_and_the_frame_is_around_the_chosen_one():
    tried = attempts(Question(model="CaaS", layer="kernel", operation="install"))
    figure = touch_picture.draw(tried)
    for outcome in (EFFECT, NO_EFFECT, REFUSED):
        marks = trace(figure, touch_picture.MARKS[outcome][0])
        drawn = {
            (touch_picture.COLUMNS[x], NAMES[y])
            for x, y in zip(marks["x"], marks["y"], strict=True)
        }
        assert drawn == {at for at, a in tried.grid.items() if a.outcome == outcome}
    frame = trace(figure, "Your attempt")
    assert (frame["x"], frame["y"]) == ([2], [NAMES.index("kernel")])


def test_the_request_is_drawn_as_far_as_it_was_signed():
    run = one_request(Visit(model="IaaS", layer="runtime", event="attacked"))
    figure = one_request_picture.draw(run)
    assert trace(figure, "Yours")["y"] == [NAMES.index(n) for n in run.yours]
    assert trace(figure, "In the attacker's hands")["y"] == [5, 6, 7, 8]
    signed = figure["data"][-1]
    assert signed["y"] == [0, 1, 2, 3, 4]
    assert signed["text"][0] == "v1, ports 443"


def test_a_year_draws_each_wait_once_and_within_the_year():
    run = patches(Year(model="PaaS", regular=False, gap=90))
    figure = year_picture.draw(run)
    provider, yours = (trace(figure, f"Waits for {who}") for who in ("the provider", "you"))
    for spans, begin, end in (
        (provider, run.found[0], run.ready[0]),
        (yours, run.ready[0], run.closed[0]),
    ):
        x = np.array(spans["x"][0::3]), np.array(spans["x"][1::3])
        assert spans["x"][2::3] == [None] * len(x[0]), "gaps between the lines"
        assert (x[0] < x[1]).all()
        assert x[1].max() <= DAYS
        assert len(x[0]) == ((end > begin) & (begin < DAYS)).sum()
    rows = {LAYERS[int(y)] for y in yours["y"] if y is not None}
    assert rows <= set(run.yours)


def test_a_push_draws_every_visit_in_the_row_of_who_served_it():
    run = pushed(Push(change="page", watch=True))
    figure = push_picture.draw(run)
    good, bad = trace(figure, "Page"), trace(figure, "Error")
    assert len(good["x"]) + len(bad["x"]) == 40
    assert bad["x"] == [11, 12, 13]
    assert set(bad["y"]) == {2}
    assert set(good["y"]) == {1}


def test_the_bills_are_drawn_as_they_are():
    calls = Calls(rate=15_000.0)
    figure = functions_picture.draw(scale_to_zero(calls))
    line = trace(figure, "Functions, by the running time")
    assert line["y"] == [float(f"{bill(calls, x):.5g}") for x in functions_picture.ENDS]
    steps = trace(figure, "Rented instances")
    assert steps["y"][-1] == rented(calls, 20_000.0) == 2
    assert trace(figure, "yours")["y"] == [2.5]
