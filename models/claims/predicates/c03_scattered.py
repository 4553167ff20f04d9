"""C03: many servers process the pieces and return the result, the serial one, and sooner."""

from collections.abc import Iterator

from models.claims.predicates import Predicate
from models.claims.verdict import Finding
from models.cloud.scattered import Outcome, Scattered, scattered

SOONER = 1.05  # times; a twentieth is too little to call it a gain


def judge(run: Outcome) -> Iterator[Finding]:
    """One finding, under the trouble that the servers had."""
    p = run.parameters
    good = run.equal == p.texts and run.speedup > SOONER
    yield Finding(
        _condition(run),
        confirmed=good,
        refuted=not good,
        measure=f"{p.servers:,} servers: {run.equal} of {p.texts} results equal to the serial one, "
        f"{run.speedup:.1f} times sooner",
    )


def _condition(run: Outcome) -> str:
    if run.parameters.failure:
        return "failing servers with retries"
    if run.parameters.slowness != "none":
        return "heavy-tailed stragglers"
    return "even tasks" if run.parameters.servers <= run.best else "far too many servers"


PREDICATE = Predicate(
    claim="C03",
    model="models.cloud.scattered:scattered",
    run=scattered,
    settings=(
        Scattered(),
        Scattered(slowness="pareto"),
        Scattered(failure=0.2),
        Scattered(servers=36_000),
    ),
    judge=judge,
    # Without retries one lost attempt in a hundred tasks leaves the job without a result.
    ablated=lambda: [scattered(Scattered(failure=0.2, allowed=1))],
)
