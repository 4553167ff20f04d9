"""The reader's answer gets the reply that its reason deserves, in Python and in the stored form."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.explorers.prediction import Misconception, Prediction
from models.explorers.servers import ten_times
from models.facts import Fact

NUMBER = Prediction(
    name="number",
    question="How many < 10?",
    truth=lambda: Fact("answer", 7.4, "items", 0),
    because="Seven it is.",
    low=0,
    high=100,
    near=1,
    misconceptions=(Misconception(50, "Half", "not half.", within=5),),
)
CHOICE = Prediction(
    name="choice",
    question="Which?",
    truth=lambda: "b",
    because="B it is.",
    options={"a": "Alpha", "b": "Beta"},
    misconceptions=(Misconception("a", "First letter", "not the first."),),
)


def spec(prediction: Prediction) -> dict:
    html = prediction._repr_mimebundle_()["text/html"]
    return json.loads(re.search(r'<script type="application/json">(.*)</script>', html)[1])


@pytest.mark.parametrize(
    ("value", "reply"),
    [(7, "Near. "), (8, "Near. "), (47, "Half? Not half."), (9, "Too high. "), (2, "Too low. ")],
)
def test_a_number_gets_its_reply(value, reply):
    assert NUMBER.reply(value).startswith(reply)


def test_an_option_gets_its_reply():
    assert CHOICE.reply("b") == "That is right. B it is."
    assert CHOICE.reply("a") == "First letter? Not the first."


@given(st.floats(1, 1000))
def test_every_answer_that_may_be_typed_gets_a_reply(value):
    assert ten_times.reply(value)


@pytest.mark.parametrize(("prediction", "value"), [(NUMBER, 101), (NUMBER, -1), (CHOICE, "c")])
def test_what_may_not_be_answered_is_refused(prediction, value):
    with pytest.raises(ValueError, match="is out of range; allowed: "):
        prediction.reply(value)


def test_the_form_needs_no_python():
    html = NUMBER._repr_mimebundle_()["text/html"]
    stored = spec(NUMBER)
    assert "How many &lt; 10?" in html
    assert html.count("<label") == 4  # the number, and three degrees of confidence
    assert (stored["truth"], stored["unit"], stored["low"], stored["high"]) == (
        "7 items", "items", 0, 100,
    )  # fmt: skip
    first = next(r for r in stored["replies"] if r["low"] <= 47 <= r["high"])
    assert first["text"] == NUMBER.reply(47)


def test_the_result_is_behind_the_prediction_but_never_locked():
    html = NUMBER.surprise()._repr_mimebundle_()["text/html"]
    assert html.startswith('<details class="guarded" data-guard="number">')
    assert "<summary>" in html


def test_a_live_form_tells_python_the_answer():
    prediction = replace(NUMBER)
    assert prediction.answer == {}
    prediction.view.answer = {"value": 50, "confidence": 70}
    assert prediction.answer["value"] == 50


def test_a_wrong_option_without_a_name_is_refused():
    with pytest.raises(ValueError, match=r"wrong options without a name: \['a'\]"):
        replace(CHOICE, misconceptions=()).spec()


def test_a_truth_that_nobody_could_type_is_refused():
    with pytest.raises(ValueError, match="the run gives 7"):
        replace(NUMBER, high=5).spec()


def test_the_model_runs_when_the_truth_is_first_needed_and_once():
    asked = []
    lazy = replace(CHOICE, truth=lambda: asked.append("run") or "b")
    assert asked == []
    lazy.spec(), lazy.reply("a"), lazy.surprise()._html()
    assert asked == ["run"]
