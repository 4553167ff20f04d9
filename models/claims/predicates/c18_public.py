"""C18, public cloud: whether 'large' and 'rented' belong to NIST's 'open use'."""

from models.claims.predicates.definition import against_nist
from models.cloud.deployment.labels import PUBLIC

PREDICATE = against_nist(
    "C18",
    PUBLIC,
    {"users": "openness changed", "size": "size changed", "rented": "rent changed"},
)
