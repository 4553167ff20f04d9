"""M/M/c against closed forms typed from the textbook and an event-by-event twin in SimPy."""

import numpy as np
import pytest
import simpy

from models.performance.queueing.many_servers import ManyServers, many_servers, waiting


def simpy_waits(servers: int, load: float, customers: int, seed: int) -> np.ndarray:
    """Waits of M/M/c with mean service time 1, one event after the other."""
    rng = np.random.default_rng(seed)
    gaps = rng.standard_exponential(customers) / (servers * load)
    services = rng.standard_exponential(customers)
    environment = simpy.Environment()
    desk = simpy.Resource(environment, servers)
    waits = np.empty(customers)

    def customer(number: int):
        arrived = environment.now
        with desk.request() as turn:
            yield turn
            waits[number] = environment.now - arrived
            yield environment.timeout(services[number])

    def arrivals():
        for number in range(customers):
            yield environment.timeout(gaps[number])
            environment.process(customer(number))

    environment.process(arrivals())
    environment.run()
    return waits


@pytest.mark.parametrize(("servers", "load"), [(1, 0.5), (3, 0.7), (10, 0.8)])
def test_agrees_with_an_event_by_event_twin(servers, load):
    customers, batches = 30_000, 15
    waits = simpy_waits(servers, load, customers, seed=3)[customers // 10 :].reshape(batches, -1)
    form = waiting(servers, load)
    for measured, expected in [
        (waits.mean(axis=1), form.mean),
        ((waits > 0).mean(axis=1), form.waits),
        ((waits > 0.5).mean(axis=1), form.late(0.5)),
    ]:
        error = measured.std(ddof=1) / np.sqrt(batches)
        assert abs(measured.mean() - expected) < 4 * error


def test_chapter_two_numbers():
    """Exercise 02-1: waiting in service times at load 0.8, alone and pooled by ten."""
    np.testing.assert_allclose(waiting([1, 10], 0.8).mean, [4.0, 0.2045901], rtol=1e-6)


def test_one_server_is_the_textbook_case():
    load = np.array([0.2, 0.5, 0.9])
    form = waiting(1, load, service=2.0)
    np.testing.assert_allclose(form.mean, 2 * load / (1 - load))
    np.testing.assert_allclose(form.late(3.0), load * np.exp(-(1 - load) * 3 / 2))
    np.testing.assert_allclose(form.line, load**2 / (1 - load))


@pytest.mark.parametrize("share", [0.5, 0.95, 0.999])
def test_quantile_inverts_the_tail(share):
    form = waiting([[1], [10], [1_000]], [0.3, 0.9, 0.999])
    at = form.quantile(share)
    late = form.late(at)
    np.testing.assert_allclose(late[at > 0], 1 - share, rtol=1e-9)
    assert (form.waits[at == 0] <= 1 - share).all()


@pytest.mark.parametrize("servers", [1, 10_000])
def test_from_full_load_on_the_wait_is_infinite(servers):
    form = waiting(servers, [0.999, 1.0, 1.2])
    assert form.stable.tolist() == [True, False, False]
    assert np.isinf(form.mean).tolist() == [False, True, True]
    assert form.waits[1:] == pytest.approx(1)
    assert form.late(1e9)[1:] == pytest.approx(1)
    assert np.isinf(form.quantile(0.5)[1:]).all()
    assert "overloaded" in many_servers(ManyServers(servers=servers, load=1.1)).facts().text()


def test_ten_thousand_servers_at_a_trifling_load_do_not_underflow():
    form = waiting(10_000, 0.01)
    assert form.mean == 0
    assert form.quantile(0.999) == 0


def test_facts_name_what_the_chapter_quotes():
    facts = many_servers(ManyServers(servers=10, load=0.8, service=100.0)).facts()
    assert facts["Mean wait"].rounded == 20.46
    assert facts["Have to wait"].rounded == 40.92


@pytest.mark.parametrize("bad", [{"service": 0.0}, {"service": np.nan}, {"load": -0.1}])
def test_bad_input_is_refused(bad):
    with pytest.raises(ValueError, match="out of range"):
        waiting(**{"servers": 3, "load": 0.5, **bad})


def test_quantile_wants_a_share():
    with pytest.raises(ValueError, match="share: 95"):
        waiting(3, 0.5).quantile(95)
