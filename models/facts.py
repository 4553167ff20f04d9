"""A small table of named numbers with units: what a run says, rounded before anybody sees it.

Full-precision floats differ between processors, so a fact declares how many decimal places it
stands for, and everything that is displayed or stored is rounded to them first.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Fact:
    """One named number, or a word.

    Attributes
    ----------
    name : str
    value : float, int or str
        Infinity is allowed (a queue that grows without bound); not-a-number is not.
    unit : str
        Empty for a pure number.
    digits : int
        Decimal places shown.
    """

    name: str
    value: float | int | str
    unit: str = ""
    digits: int = 0

    def __post_init__(self) -> None:
        if isinstance(self.value, float) and math.isnan(self.value):
            raise ValueError(f"{self.name}: not a number; a fact needs a value")
        if self.digits < 0:
            raise ValueError(f"{self.name}: digits is {self.digits}; allowed: 0 or more")

    @property
    def rounded(self) -> float | int | str:
        """The value to its declared digits."""
        if isinstance(self.value, str | int) or math.isinf(self.value):
            return self.value
        # `+ 0.0` turns the -0.0 that rounding a small negative number leaves into 0.0.
        return round(float(self.value), self.digits) + 0.0

    def shown(self) -> str:
        """The value as a reader sees it, without its unit.

        A number too small for its digits, yet not zero, is shown as a bound, never as 0.
        """
        if isinstance(self.value, str):
            return self.value
        if math.isinf(self.value):
            return "∞" if self.value > 0 else "−∞"
        if self.value and not self.rounded:
            least = f"{10.0**-self.digits:.{self.digits}f}"
            return f"< {least}" if self.value > 0 else f"> −{least}"
        digits = 0 if isinstance(self.value, int) else self.digits
        return f"{self.rounded:,.{digits}f}".replace("-", "−")

    def __str__(self) -> str:
        return f"{self.shown()} {self.unit}".rstrip()


class Facts:
    """Facts in the order to show, found by name.

    Parameters
    ----------
    *facts : Fact
    title : str
        The table's caption.
    """

    def __init__(self, *facts: Fact, title: str = "Facts") -> None:
        self.title = title
        self._facts = {fact.name: fact for fact in facts}
        if len(self._facts) < len(facts):
            raise ValueError(f"{title}: two facts share a name")

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._facts.values())

    def __len__(self) -> int:
        return len(self._facts)

    def __getitem__(self, name: str) -> Fact:
        if name not in self._facts:
            raise KeyError(f"no fact {name!r}; there are {', '.join(self._facts)}")
        return self._facts[name]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Facts) and self.text() == other.text()

    __hash__ = None  # type: ignore[assignment]  # equality is by what is shown

    def text(self) -> str:
        """One line a fact, under the title."""
        width = max((len(fact.name) for fact in self), default=0)
        return "\n".join([self.title, *(f"  {fact.name:<{width}}  {fact}" for fact in self)])

    def html(self) -> str:
        """A real table: caption, a row header a fact, number and unit."""
        rows = "".join(
            f'<tr><th scope="row">{escape(fact.name)}</th>'
            f"<td>{escape(fact.shown())}</td><td>{escape(fact.unit)}</td></tr>"
            for fact in self
        )
        return (
            f'<table class="facts"><caption>{escape(self.title)}</caption>'
            f"<tbody>{rows}</tbody></table>"
        )

    __repr__ = text
    _repr_html_ = html


class Beside:
    """Facts of several runs as the columns of one table.

    Parameters
    ----------
    runs : dict
        Column heading to `Facts`; all with the same names, in the same order.
    title : str

    Raises
    ------
    ValueError
        For runs whose facts have other names.
    """

    def __init__(self, runs: dict[str, Facts], title: str = "Side by side") -> None:
        self.runs, self.title = runs, title
        if len({tuple(fact.name for fact in facts) for facts in runs.values()}) != 1:
            raise ValueError(f"{title}: the runs do not have the same facts")
        self._rows = list(zip(*runs.values(), strict=True))

    def text(self) -> str:
        """One line a fact, columns lined up."""
        lines = [["", *self.runs], *([row[0].name, *map(str, row)] for row in self._rows)]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        rows = ("  ".join(f"{c:<{w}}" for c, w in zip(line, widths, strict=True)) for line in lines)
        return "\n".join([self.title, *(f"  {row}".rstrip() for row in rows)])

    def html(self) -> str:
        """A table with column and row headers; units stand in the row's header."""
        head = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in self.runs)
        rows = "".join(
            f'<tr><th scope="row">{escape(row[0].name)}'
            f"{f' <span>{escape(row[0].unit)}</span>' if row[0].unit else ''}</th>"
            f"{''.join(f'<td>{escape(fact.shown())}</td>' for fact in row)}</tr>"
            for row in self._rows
        )
        return (
            f'<table class="facts beside"><caption>{escape(self.title)}</caption>'
            f"<thead><tr><td></td>{head}</tr></thead><tbody>{rows}</tbody></table>"
        )

    __repr__ = text
    _repr_html_ = html
