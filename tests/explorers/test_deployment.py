"""Chapter 3's pictures and questions: what they say is what the models say."""

import pytest

from models.cloud.deployment.both import WORTH
from models.cloud.deployment.burst import Burst, plan
from models.cloud.deployment.labels import Asked, classify, labels
from models.cloud.deployment.placement import Gate, gate
from models.explorers import burst, classifier, community, compliance, rent_or_own


def named(figure, name):
    (trace,) = (t for t in figure["data"] if t.get("name") == name)
    return trace


def test_the_first_question_tells_the_demand_as_it_is():
    """100 servers in office hours, about 20 otherwise, and the prices."""
    p = plan(burst.ASKED)
    assert p.load.peak == pytest.approx(100)
    office = p.load.servers > 60
    assert office.mean() == pytest.approx(0.3, abs=0.02)
    assert p.load.servers[~office].mean() == pytest.approx(20, abs=3)
    assert (p.prices.own, p.prices.public) == (0.4, 1.0)
    assert burst.own_servers.truth().value == p.best
    assert "Near" in burst.own_servers.reply(20)
    assert "All of them" in burst.own_servers.reply(100)
    assert "The average" in burst.own_servers.reply(round(p.load.mean))


def test_the_second_question_tells_the_saving_and_the_loss_as_they_are():
    assert plan(Burst()).benefit == pytest.approx(0.25, abs=0.03)
    assert Burst().missing == 5.0
    hours = rent_or_own.porting_hours.truth().value
    assert plan(Burst(porting=hours)).benefit < WORTH
    assert "As long as the burst" in rent_or_own.porting_hours.reply(10)


def test_the_planner_draws_all_that_is_wanted_and_stays_on_its_axes():
    result = plan(Burst(base=19, porting=3.0))
    figure = burst.draw(result)
    own, served, wanted = (
        named(figure, name)["y"] for name in ("busy at home", "served, here or there", "wanted")
    )
    assert len(wanted) <= burst.POINTS
    assert all(a <= b <= c for a, b, c in zip(own, served, wanted, strict=True))
    mark = figure["data"][-1]
    assert mark["text"] == [f"${result.here.total[0]:.1f}"]
    assert result.here.total[0] > burst.COST[1]
    assert mark["y"] == [burst.COST[1]]
    assert mark["textposition"] == "bottom center"  # inside the picture


def test_the_prediction_is_drawn_while_the_question_s_prices_hold():
    def guesses(parameters):
        figure = burst.draw(plan(parameters))
        return sum("guess" in (t.get("meta") or {}) for t in figure["data"])

    assert guesses(Burst(base=30)) == 1
    assert guesses(Burst(public=2.0)) == 0


@pytest.mark.parametrize("source", ["nist", "article"])
def test_the_grid_shows_every_label_and_rings_the_asked_cloud(source):
    asked = Asked(users="community", operator="user", source=source)
    figure = classifier.draw_labels(classify(asked))
    *cells, ring = figure["data"]
    assert sum(len(trace["x"]) for trace in cells) == 72
    (here,) = (
        text
        for trace in cells
        for x, y, text in zip(trace["x"], trace["y"], trace["text"], strict=True)
        if [x, y] == [ring["x"][0], ring["y"][0]]
    )
    letters = {"private": "P", "community": "C", "public": "U"}
    assert here == "+".join(letters[label] for label in labels(asked.cloud(), source))


def test_the_gate_frames_the_cheapest_and_crosses_what_is_broken():
    result = gate(Gate(law="union"))
    figure = compliance.draw_gate(result)
    crosses = named(figure, "Rule broken")
    assert len(crosses["x"]) == sum(len(rules) for rules in result.broken.values())
    frame = figure["data"][-1]
    sites = list(result.broken)
    assert frame["y"] == [len(sites) - 1 - sites.index(result.chosen)]
    nowhere = gate(Gate("home", "home", True, True, 200))
    assert "none is left. Shut out" in compliance.describe_gate(nowhere)


def test_a_stranger_lowers_the_bill_of_the_four():
    assert community.one_more.truth() == "less"
    assert classifier.whose_cloud.truth() == "private"
