"""The whole audits that chapter 6 shows, kept: to run one takes seconds, and more in a page.

As with a notebook's stored outputs, the tests run everything again and compare.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from itertools import groupby
from typing import Any
from zlib import crc32

from models import stored
from models.hypervisors.popek_goldberg import Audit, Verdict, audit, forms
from models.hypervisors.trial import MACHINES

NAME = "audits.json"
KEPT = ("plain", "counters", "holes")  # of MACHINES


@cache
def kept(name: str) -> Audit:
    """One of `KEPT`, as it was run.

    Raises
    ------
    ValueError
        For another name, and where the machine has other instruction forms than were run.
    """
    if name not in KEPT:
        raise ValueError(f"machine: {name!r} is not kept; allowed: {', '.join(KEPT)}")
    return from_text(stored.text("models.hypervisors", NAME))[name]


def measure() -> dict[str, Audit]:
    """Run them all."""
    return {name: audit(MACHINES[name][1]) for name in KEPT}


def as_text(audits: Mapping[str, Audit]) -> str:
    """The file's text: judgements, and of each how many forms in a row have which."""
    lines = [f'"forms": {_digest()}']
    for name, found in audits.items():
        judged = [json.dumps(_judgement(verdict)) for verdict in found.verdicts]
        seen = list(dict.fromkeys(judged))
        rows = [[seen.index(one), len(list(group))] for one, group in groupby(judged)]
        body = ",\n   ".join(seen)
        lines.append(f'"{name}": {{\n  "judgements": [\n   {body}],\n  "rows": {rows}}}')
    return "{" + ",\n ".join(lines) + "}\n"


def from_text(text: str) -> dict[str, Audit]:
    """Audits of the present forms; ValueError if other forms were run."""
    stored = json.loads(text)
    if stored.pop("forms") != _digest():
        raise ValueError(f"{NAME}: other forms were run; run python -m models.hypervisors")
    return {name: _audit(name, one) for name, one in stored.items()}


def _audit(name: str, stored: Mapping[str, Any]) -> Audit:
    judged = [stored["judgements"][n] for n, count in stored["rows"] for _ in range(count)]
    verdicts = [
        Verdict(form, kind, frozenset(control), tuple(behaviour), _sets(traps))
        for form, (kind, control, behaviour, traps) in zip(forms(), judged, strict=True)
    ]
    return Audit(MACHINES[name][1], tuple(verdicts))


def _sets(traps: Mapping[str, list[str]]) -> dict[str, frozenset[str]]:
    return {mode: frozenset(names) for mode, names in traps.items()}


def _judgement(verdict: Verdict) -> list[Any]:
    traps = {mode: sorted(names) for mode, names in verdict.traps.items()}
    return [verdict.kind, sorted(verdict.control), list(verdict.behaviour), traps]


def _digest() -> int:
    """Of every form's word: a new row of the instruction table makes what is kept stale."""
    return crc32(b"".join(form.word.to_bytes(4, "little") for form in forms()))
