"""What a reader does, answered: moved, typed, out of range, broken, reset, linked."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.explorers import failures
from models.explorers.session import Session
from models.explorers.view import View
from models.parameters import Parameters, parameter
from tests.explorers.test_gate import SOUND, Grown, draw, failing


@pytest.fixture
def session() -> Session:
    return Session(SOUND)


def test_the_first_answer_is_that_of_the_defaults(session):
    assert session.first["values"] == {"n": 3, "law": "square", "shown": True}
    assert session.first["changed"] == ""
    assert "<td>9</td>" in session.first["facts"]


def test_a_release_says_what_changed(session):
    reply = session.receive({"set": {"n": 5}, "settled": True})
    assert reply["changed"] == "Items 3 → 5: last 9 → 25."
    assert reply["alt"] == "A curve that ends at 25."


def test_a_drag_says_nothing_and_keeps_the_ghost_of_where_it_began(session):
    session.receive({"set": {"n": 4}, "settled": False})
    reply = session.receive({"set": {"n": 6}, "settled": False})
    assert reply["changed"] == ""
    assert [len(trace["y"]) for trace in reply["figure"]["data"]] == [3, 6]
    assert reply["figure"]["data"][0]["opacity"] == 0.4
    settled = session.receive({"set": {"n": 6}, "settled": True})
    assert settled["changed"] == "Items 3 → 6: last 9 → 36."


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("10", "Items: 10 is out of range; allowed: whole numbers from 1 to 9 items"),
        ("many", "Items: 'many' is not a number; allowed: whole numbers from 1 to 9 items"),
        ("2.5", "Items: 2.5 is not a whole number; allowed: whole numbers from 1 to 9 items"),
        ("", "Items: '' is not a number; allowed: whole numbers from 1 to 9 items"),
    ],
)
def test_what_is_not_allowed_is_told_beside_its_control(session, typed, message):
    session.receive({"set": {"n": 5}})
    reply = session.receive({"set": {"n": typed}})
    assert reply["refusals"] == {"n": message}
    assert reply["values"]["n"] == 5
    assert "figure" not in reply  # the last picture stays
    assert session.receive({"set": {"n": "7"}})["refusals"] == {}


@given(st.text(max_size=8) | st.floats() | st.integers() | st.none() | st.booleans())
def test_no_message_of_a_control_breaks_the_session(value):
    before = len(failures.RECORD)
    reply = Session(SOUND).receive({"set": {"n": value}})
    assert reply["values"]["n"] in range(1, 10)
    assert bool(reply["refusals"]) != ("figure" in reply)
    assert len(failures.RECORD) == before


def test_an_error_of_the_model_is_words_for_the_reader_and_a_record_for_the_tests():
    session = Session(replace(SOUND, picture=failing(lambda p: p.n == 7)))
    reply = session.receive({"set": {"n": 7}})
    assert "could not answer (KeyError: 'missing')" in reply["alarm"]
    assert "figure" not in reply
    assert "Traceback" not in reply["alarm"]
    assert reply["values"]["n"] == 3
    assert failures.RECORD.pop().startswith("sound at {'n': 7,")
    assert session.receive({"set": {"n": 8}})["alarm"] == ""


def test_presets_and_reset_start_from_the_defaults(session):
    session.receive({"set": {"law": "cube"}})
    assert session.receive({"preset": "Five"})["values"] == {"n": 5, "law": "square", "shown": True}
    assert session.receive({"reset": True})["values"] == session.explorer.defaults()


def test_a_link_sets_what_it_knows_and_only_within_range(session):
    reply = session.receive({"set": {"n": "4", "law": "cube", "shown": "false", "gone": "1"}})
    assert reply["values"] == {"n": 4, "law": "cube", "shown": False}
    assert session.receive({"set": {"law": "import os"}})["refusals"]["law"].startswith("Law: ")


@dataclass(frozen=True)
class Fleet(Parameters):
    low: int = parameter(1, low=1, high=9, label="Least")
    high: int = parameter(5, low=1, high=9, label="Most")

    def check(self) -> None:
        if self.low > self.high:
            raise ValueError("low: more than high")

    @property
    def n(self) -> int:
        return self.high

    law = "square"


def test_a_rule_between_controls_is_told_beside_the_one_that_moved():
    fleet = replace(
        SOUND, parameters=Fleet, controls=("low", "high"), more=(), presets={}, preview=""
    )
    reply = Session(fleet).receive({"set": {"low": 7}})
    assert reply["refusals"] == {"low": "low: more than high"}


def test_randomness_is_seeded_and_kept_while_a_control_moves():
    seen = []

    def model(parameters, rng: np.random.Generator):
        seen.append(rng.random())
        return Grown(parameters)

    session = Session(replace(SOUND, model=model, seed=4))
    for n in (4, 5):
        session.receive({"set": {"n": n}})
    assert seen == [np.random.default_rng(4).random()] * 3


def test_a_link_s_seed_is_drawn_from_until_a_reset():
    seen = []

    def model(parameters, rng: np.random.Generator):
        seen.append(rng.random())
        return Grown(parameters)

    session = Session(replace(SOUND, model=model, seed=4))
    assert session.receive({"set": {}, "seed": "7"})["seed"] == 7
    session.receive({"set": {"n": 5}})
    assert session.receive({"reset": True})["seed"] == 4
    assert seen == [np.random.default_rng(seed).random() for seed in (4, 7, 7, 4)]


@pytest.mark.parametrize("seed", ["-1", "1.5", "import os", "9" * 16, ""])
def test_a_seed_that_is_none_changes_nothing(seed):
    session = Session(replace(SOUND, model=lambda p, rng: Grown(p), seed=4))
    assert session.receive({"set": {}, "seed": seed})["seed"] == 4


def test_an_explorer_without_chance_takes_no_seed():
    assert Session(SOUND).receive({"set": {}, "seed": "7"})["seed"] is None


def test_an_error_without_a_text_is_told_by_its_name():
    def picture(grown):
        if grown.parameters.n == 9:
            raise KeyError
        return draw(grown)

    reply = Session(replace(SOUND, picture=picture)).receive({"set": {"n": 9}})
    assert "(KeyError)" in reply["alarm"]
    assert failures.RECORD.pop().endswith("KeyError")


def test_a_cheaper_model_answers_while_dragging():
    session = Session(replace(SOUND, draft=lambda p: Grown(replace(p, n=1))))
    assert "<td>1</td>" in session.receive({"set": {"n": 9}, "settled": False})["facts"]
    assert "<td>81</td>" in session.receive({"set": {"n": 9}, "settled": True})["facts"]


def test_the_widget_answers_with_the_number_of_the_question():
    view = View(SOUND)
    assert [c["name"] for c in view.spec["controls"]] == ["n", "law"]
    view.receive(None, {"set": {"n": 4}, "settled": True, "seq": 17})
    assert view.answer["seq"] == 17
    assert view.answer["values"]["n"] == 4


def test_the_widget_brings_plotly_where_the_page_has_none(monkeypatch):
    sent = []
    monkeypatch.setattr(View, "send", lambda self, content: sent.append(content))
    View(SOUND).receive(None, {"plotly": True})
    assert len(sent[0]["plotly"]) > 1_000_000
