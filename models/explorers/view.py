"""The live explorer as one anywidget: native controls in the page, answers from a `Session`.

Not ipywidgets' sliders: their handles have no accessible name and do not tell a drag from its end.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from models.explorers import assets
from models.explorers.session import Session
from models.parameters import Parameter

if TYPE_CHECKING:
    from models.explorers.explorer import Explorer

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


class Widget(anywidget.AnyWidget):
    """What explorers and predictions share: their part of a mimebundle, and their looks."""

    # The live page has the style already; each widget's own copy would style the page anew.
    _css = "" if sys.platform == "emscripten" else assets.css()

    def mime(self) -> dict[str, Any]:
        """This widget's entry of a mimebundle."""
        return {WIDGET_VIEW: {"version_major": 2, "version_minor": 1, "model_id": self.model_id}}


class View(Widget):
    """One explorer on a page.

    Attributes
    ----------
    spec : dict
        Title, controls, presets: what never changes.
    answer : dict
        The last reply of the session; `seq` says to which message.
    """

    _esm = assets.explorer_module()
    spec = traitlets.Dict().tag(sync=True)
    answer = traitlets.Dict().tag(sync=True)

    def __init__(self, explorer: Explorer) -> None:
        self.session = Session(explorer)
        super().__init__(spec=spec(explorer), answer=_packed(self.session.first))
        self.on_msg(self.receive)

    def receive(self, _: Any, message: Mapping[str, Any], buffers: Any = None) -> None:
        """A message from the page; the reply is the new `answer`."""
        if message.get("plotly"):
            self.send({"plotly": _bundle()})
            return
        if message.get("rehearse"):
            self._rehearse()
            return
        self.answer = _packed(self.session.receive(message)) | {"seq": message.get("seq", 0)}

    def _rehearse(self) -> None:
        """Answer a drag that nobody has made, and show what is shown, once more.

        The first time, both take several times as long.
        """
        self.session.receive({"set": {}, "settled": False})
        self.answer = self.answer | {"settled": False, "seq": 0}


def _packed(reply: Mapping[str, Any]) -> dict[str, Any]:
    """A reply with its figure as one text: ipywidgets looks into every list, here and there."""
    figure = {"figure": json.dumps(reply["figure"])} if "figure" in reply else {}
    return {**reply, **figure}


def spec(explorer: Explorer) -> dict[str, Any]:
    """What the page has to know of an explorer to draw its controls."""
    controls = [control(p) for p in explorer.declarations]
    return {
        "name": explorer.name,
        "title": explorer.title,
        "controls": controls[: len(explorer.controls)],
        "more": controls[len(explorer.controls) :],
        "presets": list(explorer.presets),
        "guard": explorer.guard,
    }


def control(declared: Parameter) -> dict[str, Any]:
    """A declaration as the page's scripts read it."""
    numeric = declared.kind in ("integer", "number")
    return {
        "name": declared.name,
        "kind": declared.kind,
        "label": declared.label,
        "default": declared.default,
        "unit": declared.unit,
        "low": declared.low if numeric else None,
        "high": declared.high if numeric else None,
        "step": declared.step,
        "scale": declared.scale,
        "digits": _decimals(declared),
        "choices": list(map(list, declared.choices.items())),
    }


def _decimals(declared: Parameter) -> int:
    """Decimal places that a control shows: those of one step."""
    if declared.kind != "number":
        return 0
    return len(f"{declared.step:.6f}".rstrip("0").partition(".")[2])


def _bundle() -> str:
    """Plotly's script for a page that has none of its own (JupyterLab)."""
    from plotly.offline import get_plotlyjs  # the live page has its own bundle and no plotly

    return get_plotlyjs()
