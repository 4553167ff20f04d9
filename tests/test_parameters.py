"""A value is either accepted and in range, or refused in words a reader can act on."""

import dataclasses
import doctest
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import models.parameters
from models.parameters import Parameters, choice, flag, parameter


@dataclasses.dataclass(frozen=True)
class Farm(Parameters):
    servers: int = parameter(10, unit="servers", low=1, high=10_000, label="Servers", scale="log")
    load: float = parameter(0.8, low=0.0, high=0.99, step=0.01, label="Load")
    policy: str = choice("target", {"target": "Target tracking", "step": "Steps"}, label="Policy")
    pooled: bool = flag(True, label="One pool")

    def check(self) -> None:
        if self.policy == "step" and not self.pooled:
            raise ValueError("policy: 'step' wants pooled")


anything = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.complex_numbers()
    | st.lists(st.integers(), max_size=2)
    | st.builds(np.float64, st.floats())
    | st.builds(np.int64, st.integers(-(2**63), 2**63 - 1))
)


@given(st.sampled_from(["servers", "load", "policy", "pooled"]), anything)
def test_any_value_is_accepted_and_in_range_or_refused_by_name(name, value):
    declared = Farm.declared(name)
    try:
        accepted = getattr(Farm(**{name: value}), name)
    except ValueError as error:
        message = str(error)
        assert message.startswith(f"{name}: ")
        assert str(value) in message or repr(value) in message
        assert message.endswith(declared.allowed())
        return
    assert type(accepted) is type(declared.default)
    assert accepted == value
    if declared.kind in ("integer", "number"):
        assert declared.low <= accepted <= declared.high


@given(st.sampled_from(["servers", "load", "policy", "pooled"]), st.text(max_size=12))
def test_typed_text_is_parsed_or_refused(name, text):
    declared = Farm.declared(name)
    try:
        value = declared.parse(text)
    except ValueError as error:
        message = str(error)
    else:
        assert declared.check(value) == value
        return
    assert message.startswith(f"{name}: ")
    assert message.endswith(declared.allowed())


@given(st.integers(1, 10_000), st.floats(0, 0.99))
def test_a_shown_value_parses_back(servers, load):
    assert Farm.declared("servers").parse(f"{servers:,}") == servers
    assert Farm.declared("servers").parse(f" {servers}.0 ") == servers
    assert Farm.declared("load").parse(repr(load)) == load


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "servers",
            "0",
            "servers: 0 is out of range; allowed: whole numbers from 1 to 10,000 servers",
        ),
        (
            "servers",
            "ten",
            "servers: 'ten' is not a number; allowed: whole numbers from 1 to 10,000 servers",
        ),
        (
            "servers",
            "2.5",
            "servers: 2.5 is not a whole number; allowed: whole numbers from 1 to 10,000 servers",
        ),
        ("load", "0,5", "load: '0,5' is not a number; allowed: numbers from 0.0 to 0.99"),
        (
            "servers",
            "1,00",
            "servers: '1,00' is not a number; allowed: whole numbers from 1 to 10,000 servers",
        ),
        ("load", "nan", "load: nan is out of range; allowed: numbers from 0.0 to 0.99"),
        ("load", "1", "load: 1.0 is out of range; allowed: numbers from 0.0 to 0.99"),
        ("policy", "magic", "policy: 'magic' is unknown; allowed: one of target, step"),
        ("pooled", "perhaps", "pooled: 'perhaps' is not yes or no; allowed: yes or no"),
    ],
)
def test_messages(name, text, message):
    with pytest.raises(ValueError, match="allowed") as refusal:
        Farm.declared(name).parse(text)
    assert str(refusal.value) == message


def test_a_rule_between_fields_is_checked():
    with pytest.raises(ValueError, match="'step' wants pooled"):
        Farm(policy="step", pooled=False)


def test_replacing_checks_again():
    with pytest.raises(ValueError, match="servers: 0"):
        dataclasses.replace(Farm(), servers=0)


def test_axes_span_the_range():
    servers = Farm.declared("servers").axis(60)
    assert (servers[0], servers[-1]) == (1, 10_000)
    assert np.all(np.diff(servers) > 0)
    assert servers.dtype.kind == "i"
    assert np.ptp(np.diff(Farm.declared("load").axis(5))) < 1e-12
    assert list(Farm.declared("policy").axis()) == ["target", "step"]
    assert list(Farm.declared("pooled").axis()) == [False, True]


@pytest.mark.parametrize(
    "settings",
    [
        {"low": 0, "high": 5, "label": "n"},  # the default is out of range
        {"low": 20, "high": 1, "label": "n"},
        {"low": 1, "high": math.inf, "label": "n"},
        {"low": 0, "high": 100, "label": "n", "scale": "log"},
        {"low": 1, "high": 100, "label": "n", "step": 0},
    ],
)
def test_a_declaration_that_cannot_hold_is_refused(settings):
    with pytest.raises(ValueError, match="n: "):
        parameter(10, **settings)


def test_a_default_that_is_no_number_is_refused():
    with pytest.raises(TypeError, match="'ten'"):
        parameter("ten", low=1, high=20, label="n")
    with pytest.raises(ValueError, match="'up'"):
        choice("up", {"down": "Down"}, label="Way")


def test_an_undeclared_name_is_refused():
    with pytest.raises(ValueError, match="no 'servres'; it has servers, load"):
        Farm.declared("servres")


def test_the_table_names_every_field():
    table = Farm.describe()
    row = "| `servers` | Servers | 10 | whole numbers from 1 to 10,000 servers |"
    assert table.splitlines()[2] == row
    assert len(table.splitlines()) == 6


def test_the_example_in_the_docstring_runs():
    assert doctest.testmod(models.parameters).failed == 0
