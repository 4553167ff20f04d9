"""The same application six ways: as many steps as layers, and the same page at the end."""

import pytest

from models.cloud.service_models.offers import MODELS
from models.cloud.service_models.same_app import same_app


@pytest.mark.parametrize("model", MODELS)
def test_the_page_answers_after_the_last_step_and_not_before(model):
    run = same_app(model)
    assert [a.status == 200 for a in run.answers] == [*[False] * len(MODELS[model].brings), True]
    assert run.facts()["The page answers after"].value == len(MODELS[model].brings)


def test_the_page_and_its_source_are_the_same_on_all():
    facts = [same_app(model).facts() for model in MODELS]
    assert {f["The page"].value for f in facts} == {"Guestbook / Hello"}
    assert len({f["Digest of its source"].value for f in facts}) == 1


def test_who_brings_more_waits_longer_for_a_sign_of_life():
    steps = [same_app(model).first(200, 500, 503) for model in MODELS]
    assert steps == sorted(steps, reverse=True)
    assert steps[-1] == 0, "the provider's layers answer before the customer has done anything"
