"""The article's claims, each settled by a run, a source, both, or weighed as an opinion."""

from models.claims.claim import Claim, claim
from models.claims.table import ClaimsTable, Errata, SourcesTable, claims_table, whole_ledger

__all__ = [
    "Claim",
    "ClaimsTable",
    "Errata",
    "SourcesTable",
    "claim",
    "claims_table",
    "whole_ledger",
]
