"""Peaks of curves by hand and by law; whole machines by hand; the real traces, when present."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.cloud.peaks import Peaks, around_the_world, peaks
from models.cloud.whole_machines import SHARES, SIZES, VMS, WholeMachines, whole_machines

TRACES = Path(__file__).resolve().parents[3] / "shared" / "data" / "traces"
CURVES = arrays(float, st.tuples(st.integers(1, 6), st.integers(2, 20)), elements=st.floats(0, 99))


@given(CURVES)
@settings(max_examples=60, deadline=None)
def test_a_pool_needs_no_more_than_silos_and_no_less_than_the_largest_silo(curves):
    run = peaks(curves)
    assert run.pooled <= run.alone * (1 + 1e-12)
    assert run.pooled >= curves.max()
    assert -1 - 1e-9 <= run.correlation <= 1 + 1e-9


@given(CURVES)
@settings(max_examples=40, deadline=None)
def test_the_correlation_is_numpy_s_where_numpy_has_one(curves):
    if len(curves) > 1 and (curves.std(axis=1) > 1e-3).all():
        table = np.corrcoef(curves)
        expected = table[~np.eye(len(curves), dtype=bool)].mean()
        assert peaks(curves).correlation == pytest.approx(expected, abs=1e-6)


def test_two_tenants_who_take_turns_need_half():
    assert peaks(np.array([[4.0, 0.0], [0.0, 4.0]])) == Peaks(8.0, 4.0, -1.0)
    assert peaks(np.array([[4.0, 0.0], [4.0, 0.0]])) == Peaks(8.0, 8.0, 1.0)
    assert peaks(np.array([[1.0, 1.0], [0.0, 4.0]])).correlation == 0.0


def test_a_day_around_the_world_has_no_peak():
    run = peaks(around_the_world(12, 24.0))
    assert run.pooled == pytest.approx(12 * 3), "the mean of 1 and 5, from each of them"
    assert run.alone == pytest.approx(12 * 5)
    one_zone = peaks(around_the_world(12, 0.0))
    assert one_zone.pooled == pytest.approx(one_zone.alone)
    assert one_zone.correlation == pytest.approx(1.0)


@pytest.mark.parametrize("curves", [np.zeros(3), np.zeros((0, 2)), np.array([[1.0, -1.0]])])
def test_what_is_no_demand_is_refused(curves):
    with pytest.raises(ValueError, match="curves: wanted shape"):
        peaks(curves)


def test_real_machines_gain_from_a_pool():
    """Four machines of Amazon's, two weeks each, laid over one another from their first value."""
    files = sorted(TRACES.glob("ec2_cpu_utilization_*.csv"))
    if not files:
        pytest.skip("the real traces are not beside the project")
    percent = [
        [float(row.split(",")[1]) for row in path.read_text("utf8").splitlines()[1:]]
        for path in files
    ]
    length = min(map(len, percent))
    run = peaks(np.array([values[:length] for values in percent]) / 100)
    assert len(files) == 4
    assert run.pooled < 0.95 * run.alone
    assert abs(run.correlation) < 0.5


@given(st.integers(1, 2_000), st.sampled_from([8, 32, 128]), st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_every_core_has_its_place_and_no_tenant_wastes_a_machine(tenants, cores, seed):
    run = whole_machines(WholeMachines(tenants=tenants, cores=cores, seed=seed))
    total = int(run.cores.sum())
    assert VMS <= total <= 8 * VMS
    assert 0 <= run.pooled * cores - total < cores
    owners = int((run.cores > 0).sum())
    assert run.pooled <= run.alone <= run.pooled + owners
    assert run.extra >= 0


def test_sizes_are_those_that_were_published():
    total = np.mean([whole_machines(WholeMachines(seed=s)).cores.sum() for s in range(20)])
    assert total / VMS == pytest.approx(SIZES @ SHARES / SHARES.sum(), rel=0.01)


def test_cores_fill_machines_without_gaps():
    """Largest first, each size divides the room that is left: checked by filling machines."""
    rng = np.random.default_rng(1)
    vms = np.sort(rng.choice(SIZES, 500))[::-1]
    rooms: list[int] = []
    for vm in vms.tolist():
        place = next((i for i, room in enumerate(rooms) if room >= vm), None)
        if place is None:
            rooms.append(32)
            place = len(rooms) - 1
        rooms[place] -= vm
    assert len(rooms) == -(-int(vms.sum()) // 32)


def test_one_tenant_shares_with_himself():
    assert whole_machines(WholeMachines(tenants=1)).extra == 0


def test_a_machine_that_the_largest_vm_does_not_divide_is_refused():
    """Three VMs of 8 cores want three machines of 12, not 24 / 12."""
    with pytest.raises(ValueError, match="cores: 12 leave gaps beside VMs of 8; allowed: multip"):
        WholeMachines(cores=12)
