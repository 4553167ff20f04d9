"""The vocabulary of events and its file."""

import json

import pytest

from models.events import EXCEPTIONS, FAMILIES, MODES, Counters


def some():
    counters = Counters("native")
    counters.count("retired", "U", 7)
    counters.count("traps", "ecall-u")
    counters.count("traps", "ecall-u", 2)
    return counters


def test_counts_add_up():
    assert some()["traps"] == {"ecall-u": 3}
    assert some().total("retired") == 7


def test_the_file_holds_every_family_and_reads_back():
    data = json.loads(json.dumps(some().to_json()))
    assert data["version"] == 1
    assert data["engine"] == "native"
    assert data["retired"] == {"U": 7}
    assert data.keys() == FAMILIES.keys() | {"version", "engine"}
    assert Counters.from_json(data) == some()


def test_the_difference_counts_what_came_later():
    before = some()
    after = before.copy()
    after.count("retired", "S", 5)
    assert after.since(before)["retired"] == {"S": 5}
    assert after.since(before)["traps"] == {}


def test_clear_keeps_the_engine():
    counters = some()
    counters.clear()
    assert counters == Counters("native")


def test_an_unknown_family_cannot_be_counted():
    with pytest.raises(KeyError):
        some().count("cycles", "U")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": 2}, "version is 2, allowed is 1"),
        ({"cycles": {}}, "family 'cycles', allowed are retired"),
        ({"retired": 3}, "retired is 3, an object is needed"),
        ({"retired": {"X": 3}}, r"retired.X, allowed keys are M, S"),
        ({"retired": {"U": -1}}, r"retired.U is -1, an integer from 0 up"),
        ({"retired": {"U": True}}, r"retired.U is True"),
    ],
)
def test_a_wrong_file_is_refused_by_name(change, message):
    with pytest.raises(ValueError, match=message):
        Counters.from_json(some().to_json() | change)


def test_names_are_unique():
    assert len(set(EXCEPTIONS.values())) == len(EXCEPTIONS)
    assert len(set(MODES)) == len(MODES)
