"""Every layer, broken, attacked or patched, changes the answer; and who may do it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.cloud.service_models.layers import NAMES, Layer, stack
from models.cloud.service_models.messages import Answer, Request
from models.cloud.service_models.offers import MODELS, Deployment, Refused

GOOD = "Guestbook<br>Hello"
layers = st.sampled_from(NAMES)
models = st.sampled_from(sorted(MODELS))

#: What a visitor sees of each failure: the layer's own words, in nobody else's hands.
SEEN = {
    "network": (0, "cable"),
    "hardware": (0, "power"),
    "hypervisor": (0, "virtual machine"),
    "kernel": (0, "panicked"),
    "image": (503, "No module named 'html'"),
    "runtime": (503, "3.8 and greater"),
    "process": (503, "no process"),
    "code": (500, "NameError"),
    "data": (500, "KeyError"),
}


@pytest.mark.parametrize("name", NAMES)
def test_a_broken_layer_shows_in_the_answer(name):
    deployment = Deployment(MODELS["IaaS"])
    deployment.break_(name)
    status, words = SEEN[name]
    answer = deployment.request()
    assert answer.status == status
    assert words in answer.text
    assert answer.text != GOOD
    # Above the failure nobody has seen the request; an answer is signed from below without gaps.
    signed = [line.split(" ")[0] for line in answer.via]
    assert signed == list(NAMES[: len(signed)])


@given(layers, layers)
def test_a_flaw_gives_away_what_lies_above_and_nothing_below(flawed, other):
    """The bytes of an answer name every layer above the flaw, by position alone."""
    all_layers = stack()
    answer = all_layers["network"].carry(Request(exploits=flawed))
    above = NAMES[NAMES.index(flawed) :]
    assert answer.text == "taken: " + ", ".join(above)
    assert (other in answer.text.removeprefix("taken: ").split(", ")) == (other in above)


@given(layers)
def test_a_patched_layer_resists_and_still_serves(name):
    deployment = Deployment(MODELS["own"])
    deployment.consumer.replace(name)
    assert deployment.request(Request(exploits=name)).text == GOOD
    assert deployment.request().text == GOOD


@given(layers)
def test_every_knob_shows_in_the_answer_and_only_its_own_line(name):
    deployment = Deployment(MODELS["own"])
    before = deployment.request().via
    deployment.consumer.set(name)
    changed = [a for a, b in zip(before, deployment.request().via, strict=True) if a != b]
    assert [line.split(" ")[0] for line in changed] == [name]


def test_knobs_do_what_they_say():
    deployment = Deployment(MODELS["own"])
    assert deployment.request(Request(port=8080)).status == 0
    deployment.consumer.set("network", "443 8080")
    assert deployment.request(Request(port=8080)).status == 200
    deployment.consumer.set("data", "Our guests")
    assert deployment.request().text == "Our guests<br>Hello"
    deployment.consumer.set("kernel", 32)  # MiB; a process needs more
    assert deployment.request().text == "no process runs"
    deployment.consumer.set("kernel", 64)
    assert deployment.request().status == 200
    deployment.consumer.set("process", -1)
    assert deployment.request().text == "no process runs"
    deployment.consumer.set("process", 2)
    deployment.consumer.set("runtime", "3.7")
    assert "3.8 and greater" in deployment.request().text


@given(models, layers)
def test_hands_are_disjoint_and_together_hold_everything(model, layer):
    """Each layer has exactly one who may replace it."""
    deployment = Deployment(MODELS[model])
    allowed = []
    for hands in (deployment.consumer, deployment.provider):
        try:
            hands.replace(layer)
        except Refused:
            continue
        allowed.append(hands)
    assert len(allowed) == 1


@given(models, layers)
def test_a_refusal_changes_nothing(model, layer):
    deployment = Deployment(MODELS[model])
    before = deployment.request()
    for operation in (deployment.consumer.replace, deployment.consumer.set,
                      deployment.consumer.install):  # fmt: skip
        fresh = Deployment(MODELS[model])
        try:
            getattr(fresh.consumer, operation.__name__)(layer)
        except Refused:
            assert fresh.request() == before


def test_layers_know_nothing_of_what_carries_them():
    """From a layer, only layers above it can be reached: no hands reach below their lowest."""
    for name, layer in stack().items():
        seen, at = [], layer
        while at is not None:
            seen.append(at.name)
            down = [v for v in vars(at).values() if isinstance(v, Layer) and v is not at.above]
            assert not down
            at = at.above
        assert tuple(seen) == NAMES[NAMES.index(name) :]


def test_a_patch_waits_for_the_next_build_where_the_layer_is_built_in():
    deployment = Deployment(MODELS["PaaS"])
    attack = Request(exploits="runtime")
    deployment.provider.replace("runtime")
    assert deployment.request(attack).text.startswith("taken")
    deployment.push()
    assert deployment.request(attack).text == GOOD


@pytest.mark.parametrize(
    ("hands", "operation", "says"),
    [
        ("consumer", "replace", "kernel is not in these hands: the provider holds it"),
        ("provider", "set", "is unknown; allowed: network, hardware"),
    ],
)
def test_refusals_name_the_layer_and_who_holds_it(hands, operation, says):
    deployment = Deployment(MODELS["SaaS"])
    name = "kernel" if hands == "consumer" else "cellar"
    with pytest.raises((Refused, ValueError), match=says):
        getattr(getattr(deployment, hands), operation)(name)


def test_a_setting_of_another_type_is_refused():
    deployment = Deployment(MODELS["PaaS"])
    with pytest.raises(
        ValueError, match="process, count: 'many' is no setting; allowed: such as 2"
    ):
        deployment.consumer.set("process", "many")
    assert deployment.request().text == GOOD


@pytest.mark.parametrize("version", ["latest", "3", "3.12.1", "2.7", "3.²", "3.1000000000000", ""])
def test_a_runtime_that_is_no_version_is_refused_before_any_request(version):
    deployment = Deployment(MODELS["IaaS"])
    with pytest.raises(ValueError, match=r"runtime, Python: .* is no setting; allowed: such as '3"):
        deployment.consumer.set("runtime", version)
    assert deployment.request().text == GOOD


@given(st.from_regex(r"3\.[0-9]{1,2}", fullmatch=True))
def test_every_version_that_may_be_set_answers(version):
    deployment = Deployment(MODELS["IaaS"])
    deployment.consumer.set("runtime", version)
    assert deployment.request().status in (200, 503)


def test_nobody_signs_what_never_comes_back():
    assert Answer(0, b"no answer").through("kernel 1").via == ()
