"""Names and what they stand for: labels, values set by `.equ`, local labels, and `.`."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from models.machine.assembler.expressions import Expression, Number, Symbol, evaluate
from models.machine.assembler.layout import Data, Fill, Label
from models.machine.assembler.lexer import Token

_DEEPEST = 50  # of names defined by names defined by names
#: Names that the source cannot write hold this: "1\0" and a count for `1:`, ".\0" and one for `.`.
_HIDDEN = "\0"


@dataclass(frozen=True)
class _Definition:
    """What a name stands for, and where the source says so."""

    value: Label | Expression
    token: Token
    final: bool  # a label or `.equiv`: not to be defined again


class Symbols:
    """All names of one assembly."""

    def __init__(self) -> None:
        self._known: dict[str, _Definition] = {}
        self._local_counts: dict[str, int] = {}
        self._anonymous = 0
        self._values: dict[str, int] = {}

    def __contains__(self, name: str) -> bool:
        """Whether a name has been defined above."""
        return name in self._known

    # ------------------------------------------------------------ definitions

    def define(self, name: str, value: Label | Expression, token: Token, final: bool) -> None:
        """Give a name its meaning; AssemblyError if it has one that is final."""
        known = self._known.get(name)
        if known and (final or known.final):
            where = f"line {known.token.location.line} of {known.token.location.file}"
            raise token.error(f"defined already in {where}", "a name used once")
        self._known[name] = _Definition(value, token, final)

    def define_local(self, label: Label, token: Token) -> None:
        """Define `1:` anew."""
        self._local_counts[token.text] = self._local_counts.get(token.text, 0) + 1
        name = f"{token.text}{_HIDDEN}{self._local_counts[token.text]}"
        self.define(name, label, token, final=True)

    def here(self, label: Label, token: Token) -> Symbol:
        """Return what `.` means."""
        self._anonymous += 1
        name = f".{_HIDDEN}{self._anonymous}"
        self.define(name, label, token, final=True)
        return Symbol(name, token)

    # ------------------------------------------------------------ references

    def local(self, token: Token) -> Symbol:
        """Return what `1f` or `1b` means at this place."""
        number, direction = token.text[:-1], token.text[-1]
        count = self._local_counts.get(number, 0)
        if direction == "b" and count == 0:
            raise token.error(f"no label {number} above", f"'{number}:' before this line")
        return Symbol(f"{number}{_HIDDEN}{count + (direction == 'f')}", token)

    def named(self, token: Token) -> Expression:
        """Return what a name means: the number that it is already, or itself."""
        known = self._known.get(token.text)
        return (
            known.value if known and isinstance(known.value, Number) else Symbol(token.text, token)
        )

    def find(self, symbol: Symbol) -> Label | None:
        """Return the label that a symbol is, if it is one or another name of one."""
        known = self._known.get(symbol.name)
        for _ in range(_DEEPEST):
            if known is None or not isinstance(known.value, Symbol):
                break
            known = self._known.get(known.value.name)
        return known.value if known and isinstance(known.value, Label) else None

    def visible(self) -> Iterator[tuple[Symbol, Label | None]]:
        """Yield every name that the source gives, with the label that it is."""
        for name, definition in self._known.items():
            if _HIDDEN not in name:
                symbol = Symbol(name, definition.token)
                yield symbol, self.find(symbol)

    # ------------------------------------------------------------ values

    def value(self, expression: Expression) -> int:
        """Return a value when every address is known."""
        return evaluate(expression, self.value_of)

    def value_of(self, symbol: Symbol, depth: int = 0) -> int:
        """Return a symbol's value when every address is known."""
        if symbol.name not in self._values:
            known = self._definition(symbol, depth)
            if isinstance(known, Label):
                value = known.section.address + known.in_section
            else:
                value = evaluate(known, lambda inner: self.value_of(inner, depth + 1))
            self._values[symbol.name] = value
        return self._values[symbol.name]

    def constant(self, expression: Expression, token: Token) -> int:
        """Return a value that must be known at once, as a count or a condition is."""
        labels: list[Label] = []

        def lookup(symbol: Symbol, depth: int = 0, shift: int = 0) -> int:
            label = self.find(symbol)
            if label is not None:
                labels.append(label)
                return _distance(labels[0], label, symbol.token) + shift
            if symbol.name not in self._known:
                raise symbol.token.error("not defined above", "a constant known at this line")
            known = self._definition(symbol, depth)
            assert not isinstance(known, Label)
            return evaluate(known, lambda inner: lookup(inner, depth + 1, shift))

        value = evaluate(expression, lookup)
        # With labels only a difference is known now: one that stays when they all move.
        if labels and evaluate(expression, lambda symbol: lookup(symbol, 0, 1)) != value:
            raise token.error("an address, not known yet", "a constant or a difference of labels")
        return value

    def _definition(self, symbol: Symbol, depth: int) -> Label | Expression:
        if symbol.name not in self._known:
            raise symbol.token.error("not defined", self.similar(symbol.name))
        if depth > _DEEPEST:
            raise symbol.token.error("defined by itself or nested too deep", "a plain definition")
        return self._known[symbol.name].value

    def similar(self, name: str) -> str:
        """Say what may stand in place of a name that is not defined."""
        if _HIDDEN in name:
            return f"'{name.partition(_HIDDEN)[0]}:' after this line"
        close = difflib.get_close_matches(name, [n for n in self._known if _HIDDEN not in n])
        return "a label or a name set by .equ" + (f" ({', '.join(close)}?)" if close else "")


def _distance(base: Label, label: Label, token: Token) -> int:
    """Bytes from one label to another, if no length between them is open yet."""
    if base.section is label.section:
        fragments = base.section.fragments
        first, last = (fragments.index(item.fragment) for item in (base, label))
        between = fragments[min(first, last) : max(first, last)]
        if all(isinstance(fragment, Data | Fill) for fragment in between):
            span = sum(fragment.size for fragment in between)
            return (span if first <= last else -span) + label.offset - base.offset
    raise token.error("distance not known yet", "labels with no branch or .align between them")
