"""The drawing by hand and the reader's own file, message by message as the page sends them."""

import pytest

from models.cloud.too_late import TooLate
from models.explorers import failures
from models.explorers.by_hand import Drawing
from models.explorers.own_demand import MOST_BYTES, Own, OwnDemand, averaged, run
from models.explorers.useless_map import useless_map
from models.explorers.view import WIDGET_VIEW

ROWS = "".join(f"2014-04-10 00:{minute:02d}:00,{30 + minute}\n" for minute in range(0, 60, 5))
CSV = b"timestamp,value\n" + ROWS.encode()
VALUES = {p.name: p.default for p in Own.declarations().values()}


@pytest.fixture(scope="module")
def drawing():
    return Drawing(TooLate())


def test_a_drawn_fleet_is_scored_beside_the_policy(drawing):
    drawing.view.receive(None, {"line": [7] * 4 + [20] * 2 + [7] * 9})
    assert 'scope="col">by hand<' in drawing.view.result
    assert "Waited too long" in drawing.view.result


def test_a_line_that_is_no_fleet_becomes_a_sentence(drawing):
    drawing.view.receive(None, {"line": [7]})
    assert "whole numbers from 1 to 60" in drawing.view.result
    assert "line: [7]" in failures.RECORD.pop()


def test_the_drawing_knows_the_demand_and_the_first_fleet(drawing):
    spec = drawing.spec()
    assert spec["line"] == [7] * 15
    assert len(spec["demand"]) == 90
    assert max(spec["demand"]) < spec["most"]


@pytest.mark.parametrize("output", [Drawing(TooLate()), OwnDemand()], ids=["drawing", "own"])
def test_both_emit_a_widget_and_a_static_form(output):
    bundle = output._repr_mimebundle_()
    assert WIDGET_VIEW in bundle
    assert "data-explorer=" in bundle["text/html"]
    assert bundle["text/plain"].strip()


def answers(view):
    seen = []
    view.observe(lambda change: seen.append(change["new"]), "answer")
    return seen


def test_a_file_gets_a_coarse_answer_then_progress_then_the_exact_one():
    view = OwnDemand().view
    seen = answers(view)
    view.receive(None, {"values": VALUES, "size": len(CSV)}, [memoryview(CSV)])
    assert "Coarse" in seen[0]["facts"]
    assert seen[0]["status"] == "Request by request: 0 %"
    assert "Coarse" not in seen[-1]["facts"]
    assert seen[-1]["status"] == ""
    served, waiting, serving = (
        int(text.split("<td>")[1].split("<")[0].replace(",", ""))
        for text in seen[-1]["facts"].split("<tr>")[-3:]
    )
    assert served + waiting + serving == sum(30 + minute for minute in range(0, 60, 5))


def test_a_bad_file_becomes_its_sentence():
    view = OwnDemand().view
    view.receive(None, {"values": VALUES, "size": 3}, [b"a,b\n"])
    assert "is not the header" in view.answer["refusal"]
    view.receive(None, {"values": VALUES, "size": MOST_BYTES + 1}, [])
    assert "bytes; allowed: up to 64,000,000" in view.answer["refusal"]
    view.receive(None, {"values": VALUES | {"machines": "ten"}, "size": 9}, [CSV])
    assert "machines: 'ten' is not a number" in view.answer["refusals"]["machines"]


def test_a_long_run_is_averaged_for_its_picture_alone():
    rows = "".join(
        f"2014-04-{day:02d} {hour:02d}:{minute:02d}:00,3\n"
        for day in range(1, 4)
        for hour in range(24)
        for minute in range(0, 60, 5)
    )
    _, outcome = run(Own(), b"timestamp,value\n" + rows.encode())
    shown = averaged(outcome)
    assert len(outcome.offered) == 864
    assert len(shown.offered) == 432
    assert shown.interval == 2 * outcome.interval
    assert shown.offered.mean() == pytest.approx(outcome.offered.mean())


def test_where_scaling_always_helps_the_map_says_so_in_words():
    alt = useless_map.probe(target=0.9, policy="predictive").alt
    assert "of none that was tried for one of 150 s" in alt
    assert "from a boot delay of 480 s for a burst of 20 s" in alt
