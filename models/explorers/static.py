"""The static form: what a page shows before, and without, anything being pressed.

Facts come first, as a table, so that an untrusted notebook shows them too. The same settings give
the same bytes: no random ids.
"""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any

from models.explorers.view import control

if TYPE_CHECKING:
    from models.explorers.explorer import Answer, Explorer
    from models.parameters import Parameter

UNPREDICTED = "Show the result without predicting"


def explorer(explorer: Explorer) -> dict[str, str]:
    """The ``text/html`` and ``text/plain`` of an explorer at its defaults."""
    answer = explorer.probe()
    body = (
        f'<section class="explorer" data-explorer="{explorer.name}" '
        f'aria-label="{escape(explorer.title)}">'
        f'<p class="explorer-title">{escape(explorer.title)}</p>'
        f"{answer.facts.html()}"
        '<p class="changed" aria-live="polite"></p>'
        f"{picture(answer, preview(explorer))}</section>"
    )
    if explorer.guard:
        body = guarded(body, explorer.guard)
    return {"text/html": body, "text/plain": answer.facts.text()}


def picture(answer: Answer, preview: dict[str, Any] | None = None) -> str:
    """A figure that the page's script draws when it comes into view."""
    stored = embedded({"figure": answer.figure, "preview": preview})
    return (
        f'<figure class="picture" role="img" aria-label="{escape(answer.alt)}">'
        f'<div class="picture-area"></div>{stored}</figure>'
    )


def preview(explorer: Explorer) -> dict[str, Any] | None:
    """The frames of the one control that works before the press."""
    frames = [
        {"value": value, "data": answer.figure["data"], "facts": answer.facts.html(),
         "alt": answer.alt}
        for value, answer in explorer.frames()
    ]  # fmt: skip
    if not frames:
        return None
    return {"parameter": control(explorer.parameters.declared(explorer.preview)), "frames": frames}


def guarded(body: str, prediction: str, summary: str = UNPREDICTED) -> str:
    """`body` behind a prediction, open to whoever will not predict."""
    return (
        f'<details class="guarded" data-guard="{prediction}">'
        f"<summary>{summary}</summary>{body}</details>"
    )


def embedded(data: Any) -> str:
    """Data inside HTML, for the page's script."""
    return f'<script type="application/json">{safe_json(data)}</script>'


def safe_json(data: Any) -> str:
    """JSON in which no text can end a script element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.replace("</", "<\\/")


def listed(declared: Parameter) -> str:
    """A native list of a parameter's choices."""
    options = "".join(
        f'<option value="{escape(value)}"{" selected" if value == declared.default else ""}>'
        f"{escape(label)}</option>"
        for value, label in declared.choices.items()
    )
    return (
        f'<div class="control"><label>{escape(declared.label)} '
        f'<select data-setting="{declared.name}">{options}</select></label></div>'
    )
