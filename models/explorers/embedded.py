"""Explorers with every run embedded in their own HTML: the live form is the static one.

The same script serves the page before anything is pressed and the live widget.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar

import traitlets

from models.explorers import failures
from models.explorers.view import Widget
from models.facts import Facts


class EmbeddedView(Widget):
    """The live form: the static one, with runs that were made just now."""

    html = traitlets.Unicode().tag(sync=True)


class AskingView(EmbeddedView):
    """A live form whose script also asks Python (`assets/asking.js`).

    Attributes
    ----------
    answer : dict
        The last reply; `seq` says to which question.
    """

    answer = traitlets.Dict().tag(sync=True)

    def __init__(self, html: str) -> None:
        super().__init__(html=html, answer={"seq": 0})
        self.on_msg(self.receive)

    def receive(self, _: Any, message: Mapping[str, Any], buffers: Any = None) -> None:
        """A question from the page; the reply is the new `answer`."""
        try:
            reply = self.reply(message)
        # Whatever a model raises must reach the reader as words and the tests as a record.
        except Exception as error:
            reply = self.refuse(failures.record(error, f"{type(self).__name__}: {message}"))
        self.answer = reply | {"seq": message.get("seq", 0)}

    def reply(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """What the model says to a question."""
        raise NotImplementedError

    def refuse(self, sentence: str) -> dict[str, Any]:
        """The reply where there is nothing but the reason why."""
        raise NotImplementedError


class Embedded:
    """An explorer as the last line of a cell shows it."""

    name: ClassVar[str]
    widget: ClassVar[type[EmbeddedView]]

    def html(self) -> str:
        """The static form, with every run's data."""
        raise NotImplementedError

    def facts(self) -> Facts:
        """The facts of the run that is shown first."""
        raise NotImplementedError

    @cached_property
    def view(self) -> EmbeddedView:
        """The live widget."""
        return self.widget(html=self.html())

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        plain = self.facts().text()
        return {**self.view.mime(), "text/html": self.view.html, "text/plain": plain}
