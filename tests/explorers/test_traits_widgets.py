"""Chapter 2's last page: what its pictures and predictions say is what the runs say."""

import pytest

from models.cloud.traits.ablation import TRAITS
from models.cloud.traits.stories import STORIES
from models.cloud.traits.systems import SYSTEMS
from models.explorers import ticks
from models.explorers.placement import placement_explorer
from models.explorers.traits import (
    all_five,
    how_rapid,
    is_it_a_cloud,
    knock_out_explorer,
    knocked_stories,
)


def marked(figure, name: str) -> set[tuple[float, float]]:
    (trace,) = (t for t in figure["data"] if t["name"] == name)
    return set(zip(trace["x"], trace["y"], strict=True))


def test_a_grid_shows_every_answer_once():
    figure = ticks.grid({"mine": [True, False], "its": [False, False]}, ("a", "b"), "yes", "no")
    assert marked(figure, "yes") == {(0, 0)}
    assert marked(figure, "no") == {(1, 0), (0, -1), (1, -1)}
    assert figure["layout"]["xaxis"]["ticktext"] == ["a", "b"]
    with pytest.raises(ValueError, match="its: 1 answers; allowed: 2"):
        ticks.grid({"its": [True]}, ("a", "b"), "yes", "no")


def test_the_readers_row_stands_above_all_systems():
    figure = is_it_a_cloud.probe(system="rack", first="pooling", second="metering").figure
    assert len(figure["layout"]["yaxis"]["ticktext"]) == 1 + len(SYSTEMS)
    assert figure["layout"]["yaxis"]["ticktext"][0] == "<b>Yours + 2</b>"
    shown = marked(figure, "Trait shown")
    assert {x for x, y in shown if y == 0} == {2, 4}
    assert len(shown | marked(figure, "Trait missing")) == (1 + len(SYSTEMS)) * len(TRAITS)


def test_knocking_out_shows_yours_all_and_each():
    answer = knock_out_explorer.probe(first="metering", second="pooling")
    rows = answer.figure["layout"]["yaxis"]["ticktext"]
    assert rows == ["<b>Yours</b>", "Nothing taken", *(f"No {trait}" for trait in TRAITS)]
    broken = {x for x, y in marked(answer.figure, "Story breaks") if y == 0}
    assert broken == {1, 2, 4, 5}
    assert "bill, crowd, weekend, afternoon" in answer.alt
    planner = knock_out_explorer.probe(first="metering", tenants="planner").figure
    assert planner["layout"]["xaxis"]["ticktext"] == ["Ledger"]


def test_the_predictions_ask_what_the_runs_answer():
    assert all_five.spec()["truth"] == "Webmail"
    assert all_five.reply("rented").startswith("Renting makes a cloud")
    assert knocked_stories.spec()["truth"] == "4 of 6"
    assert knocked_stories.reply(1).startswith("A story a trait")
    assert "Too low" in knocked_stories.reply(2)


def test_pace_marks_each_story_once_within_the_axis():
    for values in ({}, {"lead": 20_000.0, "term": 60.0}):
        figure = how_rapid.probe(**values).figure
        kept, broken = marked(figure, "Story stands"), marked(figure, "Story breaks")
        assert len(kept) + len(broken) == len(STORIES)
        assert all(0.1 <= x <= 1 for x, _ in kept)
        assert all(1 < x <= 1_000 for x, _ in broken)


def test_placement_draws_a_bar_and_a_square_a_host():
    figure = placement_explorer.probe(hosts=7).figure
    assert [len(trace["x"]) for trace in figure["data"]] == [7, 7]
