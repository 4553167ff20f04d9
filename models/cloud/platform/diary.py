"""Events as a table that a person reads: when, whose, which, what, and on which host."""

from collections.abc import Sequence
from html import escape

from models.cloud.platform.clock import DAY
from models.cloud.platform.cloud import Event

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
COLUMNS = ("When", "Whose", "Which", "What", "Host")


def clock_time(seconds: float) -> str:
    """Weekday and time of day, to the second.

    >>> clock_time(5 * 86_400 + 3 * 3_600 + 61)
    'Sat 03:01:01'
    """
    day, rest = divmod(round(seconds), int(DAY))
    hours, rest = divmod(rest, 3_600)
    minutes, left = divmod(rest, 60)
    return f"{WEEKDAYS[day % 7]} {hours:02}:{minutes:02}:{left:02}"


class Diary:
    """Events in the order in which they happened, shown as a table.

    Parameters
    ----------
    events : sequence of Event
    title : str
    """

    def __init__(self, events: Sequence[Event], title: str = "What happened") -> None:
        self.title = title
        self.rows = [
            (
                clock_time(event.time),
                event.tenant or "the provider",
                event.subject,
                event.what,
                "" if event.host is None else str(event.host),
            )
            for event in events
        ]

    def text(self) -> str:
        """One line an event, under the title."""
        widths = [max(map(len, column)) for column in zip(COLUMNS, *self.rows, strict=True)]
        lines = (
            "  ".join(f"{word:<{width}}" for word, width in zip(row, widths, strict=True)).rstrip()
            for row in self.rows
        )
        return "\n".join([self.title, *(f"  {line}" for line in lines)])

    def html(self) -> str:
        """A table with column headers."""
        head = "".join(f'<th scope="col">{name}</th>' for name in COLUMNS)
        body = "".join(
            f"<tr>{''.join(f'<td>{escape(word)}</td>' for word in row)}</tr>" for row in self.rows
        )
        return (
            f'<table class="facts"><caption>{escape(self.title)}</caption>'
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )

    __repr__ = text
    _repr_html_ = html
