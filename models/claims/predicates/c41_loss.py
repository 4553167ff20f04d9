"""C41, the loss is large: the share of a core that exits take, then and now."""

from collections.abc import Iterator

from models.claims.predicates import Predicate
from models.claims.verdict import Finding
from models.performance.loss import ERAS, Load, Loss, loss

LARGE, SMALL = 0.20, 0.05  # shares of a core: above a fifth, below a twentieth


def judge(run: Loss) -> Iterator[Finding]:
    """One finding a declared era; the whole band has to agree."""
    p = run.parameters
    for condition, load in ERAS.items():
        if (p.generation, p.disk) == (load.generation, load.disk):
            yield Finding(
                condition,
                confirmed=run.low > LARGE,
                refuted=run.high < SMALL,
                measure=f"{run.mid:.1%} of a core, band {run.low:.1%} to {run.high:.1%}",
            )


PREDICATE = Predicate(
    claim="C41",
    model="models.performance.loss:loss",
    run=loss,
    settings=tuple(ERAS.values()),
    judge=judge,
    # Exits for nothing: no tick and no request.
    ablated=lambda: [loss(Load(**vars(load) | {"ticks": 0, "requests": 0}))
                     for load in ERAS.values()],
)  # fmt: skip
