"""The landing page's picture: the River's counts as bars, put together at build time."""

from typing import Any

from models.explorers.river import handled
from models.performance.river import ENGINES, WORKLOADS, River, flow


def sweep() -> dict[str, Any]:
    """Everything that the page shows: the question with its replies, and every engine's bar.

    `handled` is of 1000 instructions of the guest's kernel, for each engine of each piece of work.
    """
    return {
        "prediction": handled.spec(),
        "engines": list(ENGINES.values()),
        "asked": list(WORKLOADS).index(River().workload),
        "engine": list(ENGINES).index(River().engine),
        "works": [
            {
                "name": label,
                "handled": [round(flow(River(engine, work)).handled("S"), 1) for engine in ENGINES],
            }
            for work, label in WORKLOADS.items()
        ],
    }
