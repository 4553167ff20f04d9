"""C15, private cloud: whether 'self-built' says the same as NIST's 'exclusive use'."""

from models.claims.predicates.definition import against_nist
from models.cloud.deployment.labels import PRIVATE

PREDICATE = against_nist(
    "C15",
    PRIVATE,
    {
        "owner": "ownership changed",
        "operator": "operator changed",
        "place": "place changed",
        "users": "exclusive use changed",
    },
)
