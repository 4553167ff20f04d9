"""What the ledger's own runs showed, kept beside the ledger so that a page need not run them all.

As with a notebook's stored outputs, the tests run everything again and compare. Verdicts are not
kept: they are computed from the findings, here as anywhere.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache

from models import stored
from models.claims.predicates import predicates
from models.claims.verdict import Finding

NAME = "measured.json"
Findings = dict[str, tuple[Finding, ...]]


def measure() -> Findings:
    """Run the ledger's own runs of every predicate."""
    return {key: p.findings(p.standard()) for key, p in sorted(predicates().items())}


@cache
def measured() -> Findings:
    """What was kept."""
    text = stored.text("models.claims", NAME)
    return {key: tuple(Finding(**f) for f in found) for key, found in json.loads(text).items()}


def as_text(findings: Mapping[str, tuple[Finding, ...]]) -> str:
    """The file's text."""
    kept = {key: [asdict(f) for f in found] for key, found in findings.items()}
    return json.dumps(kept, ensure_ascii=False, indent=1) + "\n"
