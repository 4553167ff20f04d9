"""Two weeks of real machines through the burst planner, where the traces lie beside the project."""

import pytest

from models.cloud.deployment.burst import Prices, plan_of
from models.cloud.deployment.load import load_of
from models.cloud.traces import Reading, read
from tests.conftest import ROOT

TRACES = sorted((ROOT.parent / "shared/data/traces").glob("*.csv"))
pytestmark = pytest.mark.skipif(not TRACES, reason="the traces do not lie beside the project")


def planned(path, porting: float):
    cpu = "cpu" in path.name
    amount = 1e4 if "network" in path.name else 1.0
    meaning = Reading("cpu" if cpu else "requests", amount, machines=100.0, service=60.0)
    return plan_of(load_of(read(path.read_bytes(), meaning), 60.0), Prices(porting=porting), 0.0)


@pytest.mark.parametrize("path", TRACES, ids=lambda path: path.stem)
def test_both_save_up_to_a_quarter_and_nothing_once_porting_takes_time(path):
    """What the chapter says of these traces."""
    at_once, late = planned(path, 0.0), planned(path, 0.25)
    assert at_once.load.servers.size > 4_000
    assert 0 <= at_once.benefit < 0.27
    assert late.benefit < 0
    f = late.flows
    assert (f.own + f.public + f.missing).sum() == pytest.approx(late.load.servers.sum())
