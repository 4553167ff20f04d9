"""The reader's own file through the burst planner: the plan, its axes, and what is refused."""

import plotly.graph_objects as go
import pytest

from models.explorers.own_burst import OwnBurst, PlannedDemand, run

HOURS = 24 * 7
CSV = (
    "timestamp,value\n"
    + "".join(
        f"2014-04-{1 + n // 24:02d} {n % 24:02d}:00:00,{1800 if 9 <= n % 24 < 15 else 360}\n"
        for n in range(HOURS)
    )
).encode()
# 1,800 requests an hour of 100 s each keep 50 servers busy.
VALUES = {
    "meaning": "requests", "amount": 1.0, "machines": 10.0, "service": 100.0,
    "base": 100.0, "public": 1.0, "porting": 0.0,
}  # fmt: skip


def test_a_file_is_planned_by_the_planner_s_rule():
    result, notes = run(OwnBurst(service=100.0), CSV)
    assert notes == ()
    assert result.load.peak == pytest.approx(50)
    # Busy for 6 of 24 hours is less than 0.4: own what is wanted always, ten servers.
    assert result.best == pytest.approx(10, abs=0.5)
    assert result.base == pytest.approx(50)


DAILY = b"timestamp,value\n" + b"".join(
    b"2014-04-%02d 00:00:00,%d\n" % (1 + n, 900 if n % 7 < 5 else 200) for n in range(28)
)


@pytest.mark.parametrize(
    ("row", "porting", "taken"),
    [
        (24, 6.0, 0.0),
        (24, 18.0, 24.0),
        (1, 0.75, 1.0),
        (24, 24.0, 24.0),
        (1, 0.0, 0.0),
        (1, 6.0, 6.0),
    ],
)
def test_a_porting_time_that_the_rows_cannot_show_is_told(row, porting, taken):
    data = DAILY if row == 24 else CSV
    result, notes = run(OwnBurst(service=100.0, porting=porting, base=10.0), data)
    rounded, nothing = run(OwnBurst(service=100.0, porting=taken, base=10.0), data)
    assert nothing == ()
    assert result.hybrid.total.tolist() == rounded.hybrid.total.tolist()
    said = (
        f"A row of the file stands for {row} h, so the porting time of {porting:g} h was rounded "
        f"to {taken:g} h."
    )
    assert notes == (() if taken == porting else (said,))


def test_the_live_field_answers_with_a_picture_and_refuses_by_line():
    view = PlannedDemand().view
    view.receive(None, {"values": VALUES, "size": len(CSV)}, [memoryview(CSV)])
    assert view.answer["status"] == ""
    go.Figure(view.answer["figure"])
    assert "Cheapest plan" in view.answer["facts"]
    view.receive(None, {"values": VALUES, "size": 3}, [b"a,b\n"])
    assert "is not the header" in view.answer["refusal"]
    view.receive(None, {"values": VALUES | {"base": "all"}, "size": 9}, [CSV])
    assert "base: 'all' is not a number" in view.answer["refusals"]["base"]


def test_before_the_press_the_page_says_what_to_do():
    bundle = PlannedDemand()._repr_mimebundle_()
    assert 'data-explorer="own-burst"' in bundle["text/html"]
    assert "Run live to choose a file" in bundle["text/html"]
