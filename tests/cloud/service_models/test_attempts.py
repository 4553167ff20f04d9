"""Who may touch which layer, against NIST's words and against the providers' own pages."""

import pytest

from models.cloud.service_models.attempts import (
    EFFECT,
    NO_EFFECT,
    OPERATIONS,
    REFUSED,
    Question,
    attempts,
    kernel_package,
    who_acts,
)
from models.cloud.service_models.layers import NAMES
from models.cloud.service_models.offers import MODELS
from models.cloud.service_models.one_request import EVENTS, Visit, one_request

# Written from SP 800-145's three paragraphs, not from the code: what a consumer may replace.
LOWEST = {"own": "network", "IaaS": "kernel", "CaaS": "image", "PaaS": "process", "FaaS": "code",
          "SaaS": "data"}  # fmt: skip


@pytest.mark.parametrize("model", MODELS)
def test_replacing_is_allowed_from_one_layer_upward(model):
    tried = attempts(Question(model=model, operation="replace"))
    assert tried.layers(model) == NAMES[NAMES.index(LOWEST[model]) :]


def test_each_model_takes_one_layer_or_more_from_the_one_before():
    sizes = [len(attempts(Question()).layers(model)) for model in MODELS]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) == len(MODELS)


def test_a_door_in_the_providers_layers_breaks_the_line():
    knobs = attempts(Question(operation="set"))
    assert knobs.grid["IaaS", "network"].outcome == EFFECT
    assert knobs.grid["IaaS", "hardware"].outcome == REFUSED
    assert knobs.layers("SaaS") == ("data",)


def test_a_package_helps_only_what_is_started_from_the_image():
    installs = attempts(Question(operation="install"))
    assert installs.grid["IaaS", "kernel"].outcome == EFFECT
    assert installs.grid["CaaS", "kernel"].outcome == NO_EFFECT
    assert installs.grid["CaaS", "runtime"].outcome == EFFECT
    assert installs.grid["PaaS", "runtime"].outcome == REFUSED
    # A guest's files start no hypervisor and hold no data, even where both are one's own.
    assert installs.layers("own") == ("kernel", "image", "runtime", "process")
    assert {m: kernel_package(m) for m in MODELS} == {
        "own": "mended", "IaaS": "mended", "CaaS": "same", "PaaS": "refused", "FaaS": "refused",
        "SaaS": "refused",
    }  # fmt: skip


def test_without_a_guard_every_layer_is_everybodys():
    for operation in ("replace", "set"):
        tried = attempts(Question(operation=operation, guarded=False))
        assert {a.outcome for a in tried.grid.values()} == {EFFECT}


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("layer", NAMES)
def test_who_acts_is_who_may_replace(model, layer):
    theirs = NAMES.index(layer) >= NAMES.index(LOWEST[model])
    expected = "the consumer" if theirs else "the provider"
    if (model, layer) == ("PaaS", "runtime"):
        expected = "the provider, then your next deployment"
    assert who_acts(model, layer) == expected


def test_facts_say_what_came_of_it():
    facts = attempts(Question(layer="kernel", operation="install")).facts()
    assert facts["The attempt"].value == "allowed, and nothing changes"
    assert facts["If the kernel has a flaw, who must act"].value == "the provider"
    assert set(OPERATIONS) == {"replace", "set", "install"}


@pytest.mark.parametrize("event", EVENTS)
def test_one_request_tells_what_a_visitor_gets(event):
    run = one_request(Visit(model="PaaS", layer="runtime", event=event))
    taken = {"attacked", "mended by you", "mended by the provider"}
    assert run.taken == (4 if event in taken else 0)
    assert (run.answer.status == 200) == (event != "fails")
    assert run.facts()["HTTP status"].value == str(run.answer.status)
