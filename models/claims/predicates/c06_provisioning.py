"""C06, rapid provisioning and release: whether a fleet follows a burst, by its kind of unit."""

from collections.abc import Iterator

from models.claims.predicates import Predicate
from models.claims.verdict import Finding
from models.cloud.provisioning import BURST, SETTLED, Followed, Provisioning, provisioning
from models.cloud.scaling import BOOT


def judge(run: Followed) -> Iterator[Finding]:
    """One finding, under the unit of the run."""
    in_time, released = run.caught_up < BURST, run.kept <= SETTLED
    when = f"after {run.caught_up:,.0f} s" if in_time else "never"
    yield Finding(
        run.parameters.unit,
        confirmed=in_time and released,
        refuted=not in_time or not released,
        measure=f"{run.parameters.unit}: enough servers {when}, {_kept(run.kept)}",
    )


def _kept(servers: float) -> str:
    return f"{servers:.1f} servers kept" if servers > SETTLED else "all given back"


PREDICATE = Predicate(
    claim="C06",
    model="models.cloud.provisioning:provisioning",
    run=provisioning,
    settings=tuple(Provisioning(unit=unit) for unit in BOOT),
    judge=judge,
    # Without the control loop even the fastest unit is never asked for.
    ablated=lambda: [provisioning(Provisioning(unit="microVM", policy="fixed"))],
)
