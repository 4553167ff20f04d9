"""C16, community cloud: whether members share its cost, and what makes a member."""

from collections.abc import Iterator

from models.claims.predicates import Predicate
from models.claims.verdict import Finding
from models.cloud.deployment.community import Community, Sharing, community

CLEARLY = 0.05  # of the cost alone: less is no saving
CONDITIONS = {
    "industry": "members of one industry",
    "concerns": "members with shared concerns across industries",
}


def judge(run: Community) -> Iterator[Finding]:
    """One finding: about a circle of members, or about the outsider who asks to join one."""
    circle, refused = run.parameters.circle, run.refused
    if circle == "outsider":
        admitted = f"{run.members[-1].name} {'refused' if refused else 'admitted'}"
        yield Finding("outsiders", bool(refused), not refused, admitted)
    elif circle in CONDITIONS:
        member = not refused and not run.losers
        yield Finding(
            CONDITIONS[circle],
            confirmed=member and run.saved > CLEARLY,
            refuted=not member or run.saved <= 0,
            measure=f"{CONDITIONS[circle]}: {run.saved:.0%} saved, "
            f"refused {', '.join(refused) or 'nobody'}",
        )


PREDICATE = Predicate(
    claim="C16",
    model="models.cloud.deployment.community:community",
    run=community,
    settings=tuple(Sharing(circle=circle) for circle in ("industry", "concerns", "outsider")),
    judge=judge,
    # Without admission by shared concerns an industry is as good a community as any.
    ablated=lambda: [community(Sharing(circle=circle, strict=False)) for circle in CONDITIONS],
)
