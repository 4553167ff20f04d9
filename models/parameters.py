"""A number that knows its unit, range, step and label.

One declaration draws the control, checks the input, documents the model and spans a sweep's axis:

>>> from dataclasses import dataclass
>>> @dataclass(frozen=True)
... class Kitchen(Parameters):
...     cooks: int = parameter(2, unit="cooks", low=1, high=20, label="Cooks")
...     oven: str = choice("gas", {"gas": "Gas", "wood": "Wood fire"}, label="Oven")
>>> Kitchen(cooks=40)
Traceback (most recent call last):
...
ValueError: cooks: 40 is out of range; allowed: whole numbers from 1 to 20 cooks
"""

import dataclasses
import math
import numbers
import re
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, TypeVar, cast

import numpy as np

Kind = Literal["integer", "number", "choice", "flag"]
Scale = Literal["linear", "log"]
T = TypeVar("T")
_METADATA = "models.parameters"
_GROUPED = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?")
_WORDS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


@dataclasses.dataclass(frozen=True)
class Parameter:
    """The declaration of one field.

    Attributes
    ----------
    name : str
        The field's name in its dataclass.
    kind : {"integer", "number", "choice", "flag"}
    default : int, float, str or bool
    label : str
        What a reader sees beside the control.
    unit : str
        Empty for a pure number.
    low, high : float
        Both ends are allowed. Meaningless for a choice or a flag.
    step : float
        One nudge of the control; values between two steps are allowed.
    scale : {"linear", "log"}
        How controls and axes space their values.
    choices : dict
        Of a choice: value to label, in the order to show.
    """

    name: str
    kind: Kind
    default: Any
    label: str
    unit: str = ""
    low: float = -math.inf
    high: float = math.inf
    step: float = 1
    scale: Scale = "linear"
    choices: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def allowed(self) -> str:
        """In words, which values are allowed."""
        if self.kind == "choice":
            return "one of " + ", ".join(self.choices)
        if self.kind == "flag":
            return "yes or no"
        what = "whole numbers" if self.kind == "integer" else "numbers"
        return f"{what} from {self.low:,} to {self.high:,} {self.unit}".rstrip()

    def check(self, value: object) -> Any:
        """`value` as a plain Python value.

        Raises
        ------
        ValueError
            Naming the field, the value and what is allowed.
        """
        if self.kind == "choice":
            return self._known(value)
        if self.kind == "flag":
            if not isinstance(value, bool | np.bool_):
                raise self._refusal(value, "is not yes or no")
            return bool(value)
        return self._in_range(value)

    def parse(self, text: str) -> Any:
        """The value that a reader typed; thousands separators are welcome.

        Raises
        ------
        ValueError
            As `check`, and for text that is no number. A comma elsewhere is none: who writes 0,5
            for a half must not get 5.
        """
        word = text.strip()
        if self.kind == "choice":
            return self.check(word)
        if self.kind == "flag":
            return self.check(_WORDS.get(word.lower(), text))
        try:
            number = float(word.replace(",", "") if _GROUPED.fullmatch(word) else word)
        except ValueError:
            raise self._refusal(text, "is not a number") from None
        return self.check(int(number) if self.kind == "integer" and number.is_integer() else number)

    def axis(self, n: int = 50) -> np.ndarray:
        """`n` values from low to high, both included, spaced as `scale` says.

        Returns
        -------
        ndarray, shape (n,) or fewer
            Ascending; of an integer parameter rounded and without doubles. Of a choice or a flag,
            every value.
        """
        if self.kind == "choice":
            return np.array(list(self.choices))
        if self.kind == "flag":
            return np.array([False, True])
        space = np.geomspace if self.scale == "log" else np.linspace
        values = space(self.low, self.high, n)
        return np.unique(np.rint(values).astype(int)) if self.kind == "integer" else values

    def _known(self, value: object) -> str:
        if not isinstance(value, str) or value not in self.choices:
            raise self._refusal(value, "is unknown")
        return value

    def _in_range(self, value: object) -> int | float:
        integer = self.kind == "integer"
        wanted = numbers.Integral if integer else numbers.Real
        if isinstance(value, bool | np.bool_) or not isinstance(value, wanted):
            raise self._refusal(value, "is not a whole number" if integer else "is not a number")
        number = int(cast(int, value)) if integer else float(cast(float, value))
        if not self.low <= number <= self.high:  # also refuses not-a-number
            raise self._refusal(value, "is out of range")
        return number

    def _refusal(self, value: object, why: str) -> ValueError:
        shown = str(value) if isinstance(value, numbers.Number) else repr(value)
        return ValueError(f"{self.name}: {shown} {why}; allowed: {self.allowed()}")


def parameter(
    default: T,
    *,
    unit: str = "",
    low: float,
    high: float,
    step: float = 1,
    label: str,
    scale: Scale = "linear",
) -> T:
    """Declare a number; a default of type int makes it a whole number."""
    if isinstance(default, bool) or not isinstance(default, int | float):
        raise TypeError(f"{label}: the default {default!r} is not a number")
    if not (math.isfinite(low) and math.isfinite(high) and low < high and step > 0):
        raise ValueError(f"{label}: wants finite low < high and step > 0")
    if scale == "log" and low <= 0:
        raise ValueError(f"{label}: a logarithmic scale wants low > 0, not {low}")
    kind: Kind = "integer" if isinstance(default, int) else "number"
    return _declare(Parameter("", kind, default, label, unit, low, high, step, scale))


def choice(default: str, choices: Mapping[str, str], *, label: str) -> str:
    """Declare one of several named values; `choices` maps each value to its label."""
    return _declare(Parameter("", "choice", default, label, choices=dict(choices)))


def flag(default: bool, *, label: str) -> bool:
    """Declare a yes or no."""
    return _declare(Parameter("", "flag", default, label))


def _declare(declaration: Parameter) -> Any:
    declaration = dataclasses.replace(declaration, name=declaration.label)
    declaration.check(declaration.default)
    return dataclasses.field(default=declaration.default, metadata={_METADATA: declaration})


class Parameters:
    """Base of frozen dataclasses whose fields are declared by `parameter`, `choice` and `flag`.

    Construction checks every field. A rule between fields goes into an overridden `check`.
    """

    __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]

    def __post_init__(self) -> None:
        for name, declared in _declarations(type(self)).items():
            # A frozen dataclass refuses assignment, but here it is still being made.
            object.__setattr__(self, name, declared.check(getattr(self, name)))
        self.check()

    def check(self) -> None:
        """Refuse with ValueError a combination of values that is not allowed."""

    @classmethod
    def declarations(cls) -> dict[str, Parameter]:
        """Every declaration by field name, in order."""
        return dict(_declarations(cls))

    @classmethod
    def declared(cls, name: str) -> Parameter:
        """One field's declaration.

        Raises
        ------
        ValueError
            For a field that is not declared.
        """
        known = _declarations(cls)
        if name not in known:
            raise ValueError(f"{cls.__name__} declares no {name!r}; it has {', '.join(known)}")
        return known[name]

    @classmethod
    def describe(cls) -> str:
        """A Markdown table of the declarations, for the book's reference pages."""
        rows = ["| name | meaning | default | allowed |", "|---|---|---|---|"]
        for name, p in cls.declarations().items():
            rows.append(f"| `{name}` | {p.label} | {p.default} | {p.allowed()} |")
        return "\n".join(rows)


def _declarations(cls: type[Parameters]) -> dict[str, Parameter]:
    """Read once: a map of 105 settings spent a third of its time on reading them anew."""
    if cls not in _READ:
        _READ[cls] = {
            field.name: dataclasses.replace(field.metadata[_METADATA], name=field.name)
            for field in dataclasses.fields(cls)
            if _METADATA in field.metadata
        }
    return _READ[cls]


_READ: dict[type[Parameters], dict[str, Parameter]] = {}
