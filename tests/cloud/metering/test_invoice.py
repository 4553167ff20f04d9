"""Invoices of a day on the small cloud: nothing lost or twice, in whatever order readings come."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.cloud.metering.day import day, lossy
from models.cloud.metering.invoice import invoice
from models.cloud.platform.metering import Reading, vcpu_seconds

DAY = day()


def test_the_meter_says_what_the_hosts_counted_by_themselves():
    bill = invoice(DAY.readings, DAY.until)
    assert sum(bill.vcpu_seconds.values()) == pytest.approx(DAY.counted, rel=1e-12)
    assert DAY.counted > 0
    assert set(bill.vcpu_seconds) == {"A", "B"}
    facts = DAY.audit(DAY.readings)
    assert facts["All tenants"].shown() == facts["Counted by the hosts"].shown()
    short = DAY.audit(lossy(DAY.readings, 0.05, 0.0))
    assert short["All tenants"].shown() != short["Counted by the hosts"].shown()


@given(st.floats(0, 0.9), st.integers(0, 999))
@settings(max_examples=25, deadline=None)
def test_order_and_repeats_change_nothing(twice, seed):
    came = lossy(DAY.readings, 0.0, twice, seed)
    bill = invoice(came, DAY.until)
    assert bill.vcpu_seconds == invoice(DAY.readings, DAY.until).vcpu_seconds
    assert bill.repeated == len(came) - len(DAY.readings)
    assert bill.missing == ()


@given(st.floats(0.01, 0.5), st.integers(0, 999))
@settings(max_examples=25, deadline=None)
def test_every_gap_is_known_by_its_number(lost, seed):
    came = lossy(DAY.readings, lost, 0.1, seed)
    numbers = {r.number for r in came}
    missing = {r.number for r in DAY.readings} - numbers
    found = set(invoice(came, DAY.until).missing)
    assert found == {n for n in missing if n < max(numbers)}


def test_a_bill_at_noon_counts_to_noon():
    noon = DAY.until / 2
    until_noon = [r for r in DAY.readings if r.time <= noon]
    assert sum(invoice(DAY.readings, noon).vcpu_seconds.values()) == pytest.approx(
        vcpu_seconds(until_noon, noon)
    )


def test_no_readings_no_bill():
    assert invoice([], 10.0).vcpu_seconds == {}


def test_two_readings_with_one_number_are_refused():
    one = Reading(0, 0.0, "A", "vm", 1, 4)
    with pytest.raises(ValueError, match="number: two readings are both number 0"):
        invoice([one, replace(one, vcpus=2)], 10.0)
