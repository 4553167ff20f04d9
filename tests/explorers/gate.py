"""What an explorer must do before a reader may touch it, told as complaints.

Every control goes to its ends, its default and every option, on release and, where a draft answers
a drag, by drag too; every button is pressed. Jupyter would swallow the errors of such callbacks,
and every other test would be green.
"""

from collections.abc import Iterator
from typing import Any

import plotly.graph_objects as go

from models.explorers import failures
from models.explorers.explorer import Explorer
from models.explorers.session import Session
from models.explorers.view import WIDGET_VIEW
from models.parameters import Parameter


def complaints(explorer: Explorer) -> list[str]:
    """All that is wrong with an explorer; empty if it may be shown."""
    try:
        session = Session(explorer)
        bundle = explorer._repr_mimebundle_()
    except Exception as error:  # the one place where any error at all is the finding
        return [f"{explorer.name}: at its defaults: {error!r}"]
    recorded = len(failures.RECORD)
    found = [*of_output(explorer.name, bundle), *_of_replies(session)]
    unseen = failures.RECORD[recorded:]
    del failures.RECORD[recorded:]
    return found or [f"{explorer.name}: recorded {text}" for text in unseen]


def of_output(name: str, bundle: dict[str, Any]) -> Iterator[str]:
    """What an output lacks: its widget, its static form, its text."""
    if WIDGET_VIEW not in bundle:
        yield f"{name}: emits no widget"
    if f'data-explorer="{name}"' not in bundle.get("text/html", ""):
        yield f"{name}: its static form does not name it"
    if not bundle.get("text/plain", "").strip():
        yield f"{name}: no facts as text"


def _of_replies(session: Session) -> Iterator[str]:
    explorer = session.explorer
    # Without a draft, a drag runs the same model with the same settings as its end.
    phases = (False, True) if explorer.draft else (True,)
    yield from _of_reply(explorer.name, session.first)
    for declared in explorer.declarations:
        if not declared.label.strip():
            yield f"{explorer.name}: {declared.name} has no label"
        for value in values(declared):
            for settled in phases:
                message = {"set": {declared.name: value}, "settled": settled}
                where = f"{explorer.name}: {declared.name} = {value!r}, settled {settled}"
                yield from _of_reply(where, session.receive(message))
        session.receive({"reset": True})
    for name in explorer.presets:
        yield from _of_reply(f"{explorer.name}: button {name}", session.receive({"preset": name}))
    yield from _of_reply(f"{explorer.name}: button Reset", session.receive({"reset": True}))


def _of_reply(where: str, reply: dict[str, Any]) -> Iterator[str]:
    if reply["alarm"] or reply["refusals"]:
        yield f"{where}: {reply['alarm'] or reply['refusals']}"
        return
    if not reply["alt"].strip():
        yield f"{where}: no alt text"
    if "<td>" not in reply["facts"]:
        yield f"{where}: no facts"
    if _blank(go.Figure(reply["figure"])):  # which raises for what Plotly does not know
        yield f"{where}: the figure is blank"


def _blank(figure: go.Figure) -> bool:
    """Through Plotly's eyes, apart from the explorer's own check; ghosts do not count."""
    present = [trace for trace in figure.data if trace.meta != "old"]
    seen = (trace.z if trace.type == "heatmap" else trace.y for trace in present)
    return not any(value is not None for values in seen if values is not None for value in values)


def values(declared: Parameter) -> list[Any]:
    """Ends and default, or every option."""
    if declared.kind in ("choice", "flag"):
        return declared.axis().tolist()
    return [declared.low, declared.default, declared.high]
