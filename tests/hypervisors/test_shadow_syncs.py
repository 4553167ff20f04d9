"""Edits of a page table under shadow paging: the log against what the rules of the pager say."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.hypervisors.shadow_paging import FLOOD
from models.hypervisors.shadow_syncs import MOST, Editing, shadow_syncs

ORDERS = list(Editing.declared("order").choices)


def expected(parameters: Editing) -> Counter[tuple[str, str]]:
    """By hand: each edit is caught up to the flood, each use of what was emptied is a fault."""
    k, order = parameters.entries, parameters.order
    caught = k if order == "turns" else min(k, FLOOD + 1)
    counts = Counter({("edit", "table-write"): caught})
    counts["fence", "fence"] = k if order == "turns" else 1
    counts["edit", "hidden-fault"] = int(k > caught)
    counts["use", "hidden-fault"] = 0 if order == "edits" else k
    return +counts


@settings(max_examples=12, deadline=None)
@given(entries=st.integers(1, MOST), order=st.sampled_from(ORDERS))
def test_the_log_is_what_the_rules_say(entries, order):
    parameters = Editing(entries, order)
    syncs = shadow_syncs(parameters)
    assert Counter((sync.at, sync.reason) for sync in syncs.log) == expected(parameters)
    assert syncs.equal


@pytest.mark.parametrize("order", ORDERS)
def test_calls_are_in_the_order_of_the_guests_operations(order):
    syncs = shadow_syncs(Editing(20, order))
    called = [(sync.at, sync.entry) for sync in syncs.log if sync.at != "fence"]
    assert called == sorted(set(called), key=lambda call: order_of(order, call))
    assert syncs.operations.count("edit") == 20


def order_of(order: str, call: tuple[str, int]) -> tuple[int, int]:
    """When the guest does it."""
    at, entry = call
    late = int(at == "use")
    return (entry, late) if order == "turns" else (late, entry)


def test_facts_are_the_logs():
    syncs = shadow_syncs(Editing(18))
    assert (syncs.caught, syncs.filled) == (FLOOD + 1, 1 + 18)
    facts = syncs.facts()
    assert facts["Calls of the hypervisor for each edit"].value == len(syncs.log) / 18
    assert facts["Ended as on the bare board"].value == "yes"
