"""Queues: our vectorised engines beside what a reader would otherwise run.

All contestants of a row get the same arrivals and services (or the same configurations), drawn
beforehand, and run interleaved, round after round; a speed is its best round.
"""

import heapq
from collections.abc import Callable
from time import perf_counter

import ciw
import numpy as np
import simpy

from models.performance.queueing.erlang import erlang_b
from models.performance.queueing.free_times import FreeTimes, serve

SERVERS, LOAD = 8, 0.8
ROUNDS = 5
CUSTOMERS, COLUMNS = 200, 8192


def rows() -> list[dict]:
    """Each engine against its rivals, as `make bench` wants them."""
    return [*ggc_rows(), erlang_row()]


def ggc_rows() -> list[dict]:
    """Customers a second through 8 servers at load 0.8."""
    rng = np.random.default_rng(1)
    arrivals = rng.standard_exponential((CUSTOMERS, COLUMNS)).cumsum(axis=0) / (SERVERS * LOAD)
    services = rng.standard_exponential((CUSTOMERS, COLUMNS))
    one = 4 * CUSTOMERS * 25
    gaps = rng.standard_exponential(one) / (SERVERS * LOAD)
    line, work = gaps.cumsum().tolist(), rng.standard_exponential(one).tolist()
    few = one // 4
    speeds = race(
        {
            "ours": lambda: (serve(FreeTimes(SERVERS, COLUMNS), arrivals, services), arrivals.size),
            "heap": lambda: (heap_waits(line, work), one),
            "simpy": lambda: (simpy_waits(line[:few], work[:few]), few),
            "ciw": lambda: (ciw_waits(gaps[: few // 2].tolist(), work[: few // 2]), few // 2),
        }
    )
    return [
        row(f"queue.ggc.{rival}", speeds["ours"], "customers/s", rival, speeds[rival])
        for rival in ("simpy", "ciw", "heap")
    ]


def erlang_row() -> dict:
    """Configurations a second, servers spread evenly from 1 to 10,000, loads 0.3 to 0.99."""
    rng = np.random.default_rng(2)
    servers = rng.integers(1, 10_001, 20_000)
    offered = servers * (0.3 + 0.69 * rng.random(servers.size))
    some = list(zip(servers[:100].tolist(), offered[:100].tolist(), strict=True))
    speeds = race(
        {
            "ours": lambda: (erlang_b(servers, offered), servers.size),
            "scalar": lambda: ([scalar_erlang_b(c, a) for c, a in some], len(some)),
        }
    )
    return row(
        "queue.erlang.scalar", speeds["ours"], "configurations/s", "scalar loop", speeds["scalar"]
    )


def race(contestants: dict[str, Callable[[], tuple[object, int]]]) -> dict[str, float]:
    """Best speed of each over interleaved rounds; a contestant returns (result, items)."""
    best = dict.fromkeys(contestants, 0.0)
    for _ in range(ROUNDS):
        for name, run in contestants.items():
            start = perf_counter()
            _, items = run()
            best[name] = max(best[name], items / (perf_counter() - start))
    return best


def row(name: str, value: float, unit: str, against: str, other: float) -> dict:
    return {"name": name, "value": value, "unit": unit, "against": against, "ratio": value / other}


def scalar_erlang_b(servers: int, offered: float) -> float:
    """The textbook recursion, one configuration at a time."""
    inverse = 1.0
    for n in range(1, servers + 1):
        inverse = 1 + inverse * n / offered
    return 1 / inverse


def heap_waits(arrivals: list[float], services: list[float], servers: int = SERVERS) -> list[float]:
    """First come, first served over a heap of free times."""
    free, waits = [0.0] * servers, []
    for arrival, service in zip(arrivals, services, strict=True):
        start = max(arrival, free[0])
        heapq.heapreplace(free, start + service)
        waits.append(start - arrival)
    return waits


def simpy_waits(
    arrivals: list[float], services: list[float], servers: int = SERVERS
) -> list[float]:
    """The same as SimPy processes."""
    environment = simpy.Environment()
    desk = simpy.Resource(environment, servers)
    waits = [0.0] * len(arrivals)

    def customer(number: int):
        with desk.request() as turn:
            yield turn
            waits[number] = environment.now - arrivals[number]
            yield environment.timeout(services[number])

    def source():
        for number, arrival in enumerate(arrivals):
            yield environment.timeout(arrival - environment.now)
            environment.process(customer(number))

    environment.process(source())
    environment.run()
    return waits


def ciw_waits(gaps: list[float], services: list[float], servers: int = SERVERS) -> list[float]:
    """The same as a Ciw network of one node."""
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Sequential([*gaps, float("inf")])],
        service_distributions=[ciw.dists.Sequential(services)],
        number_of_servers=[servers],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_customers(len(gaps))
    records = sorted(simulation.get_all_records(), key=lambda record: record.id_number)
    return [record.waiting_time for record in records]
