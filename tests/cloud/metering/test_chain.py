"""The chain: what gives a deed away, tried for every deed, place and kept digest."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.cloud.metering.chain import (
    DEEDS,
    HOURS,
    KEPT,
    Record,
    Sealed,
    Tampering,
    audit,
    day,
    disowned,
    misfits,
    seal,
    tamper,
)

RECORDS = st.lists(
    st.builds(Record, st.integers(0, 99), st.text(max_size=3), st.integers(0, 10**6)),
    min_size=1, max_size=12,
)  # fmt: skip


@given(RECORDS)
def test_an_honest_chain_fits_and_owns_every_digest(records):
    chain = seal(records)
    assert misfits(chain) == ()
    assert disowned(chain, {i: sealed.digest for i, sealed in enumerate(chain)}) == ()


@given(RECORDS, st.data())
def test_any_change_of_a_record_is_found_where_it_was_made(records, data):
    chain = list(seal(records))
    place = data.draw(st.integers(0, len(chain) - 1))
    other = data.draw(st.builds(Record, st.integers(), st.text(max_size=3), st.integers()))
    changed = [*chain[:place], Sealed(other, chain[place].digest), *chain[place + 1 :]]
    assert misfits(changed) == (() if other == records[place] else (place,))


@given(RECORDS, st.data())
def test_a_chain_computed_anew_fits_and_has_lost_every_later_digest(records, data):
    chain = seal(records)
    place = data.draw(st.integers(0, len(chain) - 1))
    longer = replace(records[place], seconds=records[place].seconds + 1)
    anew = seal([*records[:place], longer, *records[place + 1 :]])
    assert misfits(anew) == ()
    kept = {i: sealed.digest for i, sealed in enumerate(chain)}
    assert disowned(anew, kept) == tuple(range(place, len(chain)))


@pytest.mark.parametrize(("deed", "kept"), product(DEEDS, KEPT))
def test_what_an_audit_says_is_true(deed, kept):
    for hour in range(1, HOURS - 1):
        run = audit(Tampering(deed=deed, kept=kept, hour=hour))
        silent = deed in ("cut", "redo") and kept == "none"
        assert run.found is not silent, hour
        low, high = run.suspects
        assert low <= hour <= high, "the deed began where the audit suspects it"
        assert high - low < {"none": HOURS, "last": HOURS, "six": 6}[kept]


def test_taking_out_the_last_but_one_leaves_the_last_without_a_predecessor():
    chain = seal(day())
    assert misfits(tamper(chain, "drop", HOURS - 2)) == (HOURS - 2,)
    assert misfits(tamper(chain, "drop", HOURS - 1)) == ()


def test_an_unknown_deed_is_refused():
    with pytest.raises(ValueError, match="deed: 'burn' is unknown"):
        tamper(seal(day()), "burn", 1)


def test_a_digest_is_the_standard_one():
    """Computed with sha256sum over the 64 zeros, the hour, the seconds and the tenant."""
    assert seal([Record(0, "A", 600)])[0].digest == (
        "83432dc5417c1e339203bba8666465bdcdbc2db208a7ac63b42e3211470fb5ec"
    )
