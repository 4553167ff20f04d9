"""Source to program: statements in order, then lengths, then addresses, then bytes.

The assembler also does what a linker would: it places the sections in memory (code from the origin
on, then read-only data, writable data and .bss, each group on a page of its own) and fills in every
address. So a source is a whole program, and all symbols must be defined in it.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from models.machine.assembler import directives
from models.machine.assembler.encoding import Encoder
from models.machine.assembler.errors import AssemblyError, Location
from models.machine.assembler.expressions import (
    Expression,
    Number,
    Symbol,
    TokenStream,
    evaluate,
    parse,
)
from models.machine.assembler.layout import Align, Branch, Data, Fill, Label, Section
from models.machine.assembler.lexer import Token, logical_lines, tokenize
from models.machine.assembler.macros import Preprocessor
from models.machine.assembler.operands import REGISTERS
from models.machine.assembler.program import ListedLine, Placed, Program

PAGE = 4096
_DEEPEST_SYMBOL = 50  # of names defined by names defined by names


@dataclass
class Options:
    """What `.option` switches."""

    compressed: bool


@dataclass
class _Definition:
    """What a name stands for, and where the source says so."""

    value: Label | Expression
    token: Token
    final: bool  # a label or `.equiv`: not to be defined again


class Assembler:
    """The state of one assembly; `assemble` is the way in."""

    def __init__(self, compressed: bool, defines: Mapping[str, int], includes: Mapping[str, str]):
        self.options = Options(compressed)
        self.option_stack: list[Options] = []
        self.sections: dict[str, Section] = {}
        self.section_stack: list[Section] = []
        self.section = self.open_section(".text", "ax", True)
        self.exported: dict[str, Token] = {}
        self.encoder = Encoder(self)
        self._names: dict[str, _Definition] = {}
        self._local_counts: dict[str, int] = {}
        self._anonymous = 0
        self._resolving = 0
        self._values: dict[str, int] = {}
        self._listed: list[tuple[Label, Label, Location]] = []
        self._preprocessor = Preprocessor(self._evaluate_tokens, self.is_defined, includes)
        start = Token("end", "", Location("<defines>", 1, 1, ""))
        for name, value in defines.items():
            self.define(name, Number(value), start, final=False)

    # ------------------------------------------------------------ names

    def open_section(self, name: str, flags: str, has_bytes: bool) -> Section:
        """Return the section of a name, made at its first mention."""
        if name not in self.sections:
            alignment = 4 if "x" in flags and not self.options.compressed else 1
            alignment = 2 if "x" in flags and self.options.compressed else alignment
            self.sections[name] = Section(name, flags, has_bytes, alignment)
        return self.sections[name]

    def is_defined(self, name: str) -> bool:
        """Whether a name has been defined above."""
        return name in self._names

    def define(self, name: str, value: Label | Expression, token: Token, final: bool) -> None:
        """Give a name its meaning."""
        known = self._names.get(name)
        if known and (final or known.final):
            where = f"line {known.token.location.line} of {known.token.location.file}"
            raise token.error(f"defined already in {where}", "a name used once")
        self._names[name] = _Definition(value, token, final)

    def symbol(self, token: Token) -> Expression:
        """Return what a name, `.`, `1f` or `1b` means at this place."""
        if token.text == ".":
            return Symbol(self._anonymous_label(token), token)
        if token.kind == "local":
            return Symbol(self._local(token), token)
        if token.text in REGISTERS:
            raise token.error("a register where a value is needed", "a number or a symbol")
        known = self._names.get(token.text)
        if known and isinstance(known.value, Number):
            return known.value
        return Symbol(token.text, token)

    def _anonymous_label(self, token: Token) -> str:
        self._anonymous += 1
        name = f".\0{self._anonymous}"
        self.define(name, self.section.label(), token, final=True)
        return name

    def _local(self, token: Token) -> str:
        number, direction = token.text[:-1], token.text[-1]
        count = self._local_counts.get(number, 0)
        if direction == "b" and count == 0:
            raise token.error(f"no label {number} above", f"'{number}:' before this line")
        return f"{number}\0{count + (direction == 'f')}"

    def find(self, symbol: Symbol) -> Label | None:
        """Return the label that a symbol is, if it is one."""
        known = self._names.get(symbol.name)
        for _ in range(_DEEPEST_SYMBOL):
            if known is None or isinstance(known.value, Label):
                break
            known = self._names.get(known.value.name) if isinstance(known.value, Symbol) else None
        return known.value if known and isinstance(known.value, Label) else None

    # ------------------------------------------------------------ values

    def constant(self, expression: Expression, token: Token) -> int:
        """Return a value that must be known at once, as a count or a condition is."""
        base: list[Label] = []

        def lookup(symbol: Symbol) -> int:
            label = self.find(symbol)
            if label is not None:
                base.append(label)
                return _distance(base[0], label, symbol.token)
            known = self._names.get(symbol.name)
            if known is None:
                raise symbol.token.error("not defined above", "a constant known at this line")
            assert not isinstance(known.value, Label)
            return self._guarded(symbol, lambda: evaluate(known.value, lookup))

        value = evaluate(expression, lookup)
        if base:  # only a difference of labels is known now: it stays when they all move
            moved = evaluate(expression, lambda symbol: lookup(symbol) + bool(self.find(symbol)))
            if moved != value:
                raise token.error(
                    "an address, not known yet", "a constant or a difference of labels"
                )
        return value

    def value(self, expression: Expression) -> int:
        """Return a value when every address is known."""
        return evaluate(expression, self._lookup)

    def _lookup(self, symbol: Symbol) -> int:
        if symbol.name in self._values:
            return self._values[symbol.name]
        known = self._names.get(symbol.name)
        if known is None:
            raise symbol.token.error("not defined", self._similar(symbol))
        if isinstance(known.value, Label):
            value = known.value.section.address + known.value.in_section
        else:
            expression = known.value
            value = self._guarded(symbol, lambda: evaluate(expression, self._lookup))
        self._values[symbol.name] = value
        return value

    def _guarded(self, symbol: Symbol, compute) -> int:  # type: ignore[no-untyped-def]
        if self._resolving >= _DEEPEST_SYMBOL:
            raise symbol.token.error("defined by itself or nested too deep", "a plain definition")
        self._resolving += 1
        try:
            result: int = compute()
            return result
        finally:
            self._resolving -= 1

    def _similar(self, symbol: Symbol) -> str:
        if "\0" in symbol.name:
            return f"'{symbol.name.partition(chr(0))[0]}:' after this line"
        names = [name for name in self._names if "\0" not in name]
        close = difflib.get_close_matches(symbol.name, names)
        return "a label or a name set by .equ" + (f" ({', '.join(close)}?)" if close else "")

    def _evaluate_tokens(self, tokens: list[Token]) -> int:
        stream = TokenStream(tokens)
        expression = parse(stream, self)
        stream.finish()
        return self.constant(expression, tokens[0])

    # ------------------------------------------------------------ statements

    def read(self, source: str, name: str) -> None:
        """Take in a source."""
        for location in self._preprocessor.expand(list(logical_lines(source, name))):
            section, before = self.section, self.section.label()
            self.statement(TokenStream(tokenize(location)))
            if section is self.section:
                self._listed.append((before, section.label(), location))

    def statement(self, stream: TokenStream) -> None:
        """Take in one statement: labels, then a definition, a directive or an instruction."""
        while stream.lookahead(1).text == ":" and stream.peek.kind in ("name", "number"):
            self._label(stream.take())
            stream.take()
        token = stream.take()
        if token.kind == "end":
            return
        if token.kind != "name":
            raise token.error("not a statement", "a label, an instruction or a directive")
        if stream.accept("="):
            self.define(token.text, parse(stream, self), token, final=False)
            stream.finish()
        elif token.text.startswith("."):
            directives.run(self, token, stream)
        elif self.section.has_bytes:
            self.encoder.instruction(token, stream)
        else:
            raise token.error(f"code in {self.section.name}", "code in .text or a section with 'x'")

    def _label(self, token: Token) -> None:
        if token.kind == "number":
            if not token.text.isdecimal():
                raise token.error("not a local label", "decimal digits")
            number = token.text
            self._local_counts[number] = self._local_counts.get(number, 0) + 1
            name = f"{number}\0{self._local_counts[number]}"
        else:
            name = token.text
            if name in REGISTERS:
                raise token.error("a register's name", "another name for the label")
        self.define(name, self.section.label(), token, final=True)

    # ------------------------------------------------------------ the program

    def finish(self, origin: int, addresses: Mapping[str, int], place: Location) -> Program:
        """Fix lengths and addresses, and fill in the bytes."""
        for section in self.sections.values():
            section.lay_out(self.find, place)
        self._place(origin, addresses, place)
        placed = tuple(
            Placed(s.name, s.flags, s.address, s.size, s.alignment, self._bytes(s))
            for s in sorted(self.sections.values(), key=lambda s: s.address)
        )
        contents = {section.name: section for section in placed}
        symbols, homes = {}, {}
        for name, definition in self._names.items():
            if "\0" not in name:
                symbols[name] = self._lookup(Symbol(name, definition.token))
                label = self.find(Symbol(name, definition.token))
                if label:
                    homes[name] = label.section.name
        for name, token in self.exported.items():
            if name not in symbols:
                raise token.error("not defined", self._similar(Symbol(name, token)))
        entry = symbols.get("_start", self.sections[".text"].address)
        lines = tuple(_listed(*line, contents) for line in self._listed)
        return Program(placed, symbols, homes, frozenset(self.exported), entry, lines)

    def _place(self, origin: int, addresses: Mapping[str, int], place: Location) -> None:
        """Give each section its address."""
        address, group = origin, -1
        taken: list[tuple[int, int, str]] = []
        for section in sorted(self.sections.values(), key=_group):
            if not section.size and section.name not in addresses:
                section.address = address + -address % section.alignment
                continue
            if "a" not in section.flags:
                section.address = 0
                continue
            boundary = PAGE if group not in (-1, _group(section)) else section.alignment
            group = _group(section)
            address += -address % max(boundary, section.alignment)
            section.address = addresses.get(section.name, address)
            end = section.address + section.size
            for start, stop, other in taken:
                if section.address < stop and start < end:
                    problem = f"section {section.name} at {section.address:#x} lies over {other}"
                    raise AssemblyError(place, section.name, problem, "addresses apart")
            taken.append((section.address, end, section.name))
            address = end if section.name not in addresses else address

    def _bytes(self, section: Section) -> bytes:
        if not section.has_bytes:
            return b""
        out = bytearray()
        for fragment in section.fragments:
            address = section.address + fragment.address
            if isinstance(fragment, Data):
                for patch in fragment.patches:
                    data = patch.encode(address + patch.offset)
                    fragment.content[patch.offset : patch.offset + patch.size] = data
                out += fragment.content
            elif isinstance(fragment, Fill):
                out += fragment.unit * fragment.count
            elif isinstance(fragment, Align):
                out += fragment.content(section.code)
            elif isinstance(fragment, Branch):
                out += fragment.encode(fragment.size, address, self.value(fragment.target))
        return bytes(out)


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


def _group(section: Section) -> int:
    """Order in memory: code, read-only data, writable data, room without bytes."""
    if not section.has_bytes:
        return 3
    return 0 if section.code else 2 if "w" in section.flags else 1


def _listed(
    before: Label, after: Label, location: Location, placed: dict[str, Placed]
) -> ListedLine:
    section = placed[before.section.name]
    data = section.data[before.in_section : after.in_section]
    return ListedLine(section.address + before.in_section, data, location)
