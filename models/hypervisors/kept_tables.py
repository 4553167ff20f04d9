"""Tables whose runs take longer than a page may: run by ``python -m models.hypervisors tables``.

They are kept as they are shown, and a test runs them again.
"""

from __future__ import annotations

import json
from importlib import resources

from models.events import TITLES
from models.facts import Beside, Fact, Facts
from models.hypervisors import tells
from models.hypervisors.timeline import Work, timeline

NAME = "tables.json"
OPEN = "can tell"


def measure() -> dict[str, Beside]:
    """Run them all."""
    return {"tells": tells.table(), "timeline": timeline(Work()).beside()}


def as_text(tables: dict[str, Beside]) -> str:
    """The file's text."""
    stored = {
        name: {
            "title": table.title,
            "columns": {
                heading: [[fact.name, fact.shown(), fact.unit] for fact in facts]
                for heading, facts in table.runs.items()
            },
        }
        for name, table in tables.items()
    }
    lines = [f"{json.dumps(n)}: {json.dumps(t, ensure_ascii=False)}" for n, t in stored.items()]
    return "{" + ",\n".join(lines) + "}\n"


def kept(name: str) -> Beside:
    """One table as it was run: "tells" or "timeline".

    Raises
    ------
    ValueError
        For a table that is not kept.
    """
    stored = json.loads(resources.files(__package__).joinpath(NAME).read_text("utf-8"))
    if name not in stored:
        raise ValueError(f"table: {name!r} is not kept; allowed: {', '.join(stored)}")
    columns = {
        heading: Facts(*(Fact(label, value, unit) for label, value, unit in rows), title=heading)
        for heading, rows in stored[name]["columns"].items()
    }
    return Beside(columns, title=stored[name]["title"])


def leaks() -> Beside:
    """Of the ways in which a guest could tell, those that some engine leaves open."""
    table = kept("tells")
    names = [fact.name for fact in next(iter(table.runs.values()))]
    open_ = [n for n in names if any(facts[n].value == OPEN for facts in table.runs.values())]
    columns = {
        TITLES[technique]: Facts(*(facts[name] for name in open_), title=TITLES[technique])
        for technique, facts in table.runs.items()
    }
    return Beside(columns, title=f"{len(open_)} of {len(names)} ways that were tried are open")
