"""C20, three service models: whether NIST's three lines of responsibility come out of attempts."""

from collections.abc import Iterator

from models.claims.predicates import Predicate
from models.claims.verdict import Finding
from models.cloud.service_models.attempts import Question, Tried, attempts
from models.cloud.service_models.layers import NAMES

# In SP 800-145's words a consumer controls (first) and does not control (second): of IaaS
# "operating systems, storage, and deployed applications", not "the underlying cloud
# infrastructure"; of PaaS "the deployed applications", not "operating systems"; of SaaS
# "user-specific application configuration settings", not "individual application capabilities".
NIST = {
    "IaaS": ({"kernel", "code", "data"}, {"hypervisor", "hardware", "network"}),
    "PaaS": ({"code", "data"}, {"kernel", "hypervisor", "hardware", "network"}),
    "SaaS": ({"data"}, {"code", "kernel", "hypervisor", "hardware", "network"}),
}


def judge(run: Tried) -> Iterator[Finding]:
    """One finding a run: the layers that its model's consumer can replace."""
    model = run.parameters.model
    theirs = run.layers(model)
    controls, not_controls = NIST[model]
    contiguous = theirs == NAMES[len(NAMES) - len(theirs) :]
    as_named = controls <= set(theirs) and not not_controls & set(theirs)
    where = f"from the {theirs[0]} upward" if theirs else "none"
    yield Finding(
        model,
        contiguous and as_named,
        not (contiguous and as_named),
        f"{len(theirs)} of {len(NAMES)} layers, {where if contiguous else 'with gaps'}",
    )


PREDICATE = Predicate(
    claim="C20",
    model="models.cloud.service_models.attempts:attempts",
    run=attempts,
    settings=tuple(Question(model=model) for model in NIST),
    judge=judge,
    # Without the provider's grip on its layers no line can be found.
    ablated=lambda: [attempts(Question(model=model, guarded=False)) for model in NIST],
)
