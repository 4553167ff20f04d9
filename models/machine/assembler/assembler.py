"""Source to program: statements in order, then lengths, then addresses, then bytes.

The assembler also does what a linker would: it places the sections in memory and fills in every
address. So a source is a whole program, and all symbols must be defined in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from models.machine.assembler import directives
from models.machine.assembler.encoding import Encoder
from models.machine.assembler.errors import Location
from models.machine.assembler.expressions import Expression, Number, TokenStream, parse
from models.machine.assembler.layout import Label, Section
from models.machine.assembler.lexer import Token, logical_lines, tokenize
from models.machine.assembler.linker import link
from models.machine.assembler.macros import Preprocessor
from models.machine.assembler.operands import REGISTERS
from models.machine.assembler.program import ListedLine, Placed, Program
from models.machine.assembler.symbols import Symbols


@dataclass
class Options:
    """What `.option` switches."""

    compressed: bool


class Assembler:
    """The state of one assembly; `assemble` is the way in."""

    def __init__(self, compressed: bool, defines: Mapping[str, int], includes: Mapping[str, str]):
        self.options = Options(compressed)
        self.option_stack: list[Options] = []
        self.symbols = Symbols()
        self.exported: dict[str, Token] = {}
        self.sections: dict[str, Section] = {}
        self.section_stack: list[Section] = []
        self.section = self.open_section(".text", "ax", True)
        self._encoder = Encoder(self)
        self._listed: list[tuple[Label, Label, Location]] = []
        self._preprocessor = Preprocessor(
            self._evaluate, lambda name: name in self.symbols, includes
        )
        start = Token("end", "", Location("<defines>", 1, 1, ""))
        for name, value in defines.items():
            self.symbols.define(name, Number(value), start, final=False)

    def open_section(self, name: str, flags: str, has_bytes: bool) -> Section:
        """Return the section of a name, made at its first mention."""
        if name not in self.sections:
            code_alignment = 2 if self.options.compressed else 4
            alignment = code_alignment if "x" in flags else 1
            self.sections[name] = Section(name, flags, has_bytes, alignment)
        return self.sections[name]

    def symbol(self, token: Token) -> Expression:
        """Return what a name, `.`, `1f` or `1b` means at this place."""
        if token.text == ".":
            return self.symbols.here(self.section.label(), token)
        if token.kind == "local":
            return self.symbols.local(token)
        if token.text in REGISTERS:
            raise token.error("a register where a value is needed", "a number or a symbol")
        return self.symbols.named(token)

    def _evaluate(self, tokens: list[Token]) -> int:
        """Return the value of a condition or a count."""
        stream = TokenStream(tokens)
        expression = parse(stream, self)
        stream.finish()
        return self.symbols.constant(expression, tokens[0])

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
            self.symbols.define(token.text, parse(stream, self), token, final=False)
            stream.finish()
        elif token.text.startswith("."):
            directives.run(self, token, stream)
        elif self.section.has_bytes:
            self._encoder.instruction(token, stream)
        else:
            raise token.error(f"code in {self.section.name}", "code in .text or a section with 'x'")

    def _label(self, token: Token) -> None:
        label = self.section.label()
        if token.kind == "name":
            if token.text in REGISTERS:
                raise token.error("a register's name", "another name for the label")
            self.symbols.define(token.text, label, token, final=True)
        elif token.text.isdecimal():
            self.symbols.define_local(label, token)
        else:
            raise token.error("not a local label", "decimal digits")

    # ------------------------------------------------------------ the program

    def finish(self, origin: int, addresses: Mapping[str, int], source: Location) -> Program:
        """Link, and collect what a caller may ask."""
        placed = link(self.sections.values(), self.symbols, origin, addresses, source)
        values, homes = {}, {}
        for symbol, label in self.symbols.visible():
            values[symbol.name] = self.symbols.value_of(symbol)
            if label:
                homes[symbol.name] = label.section.name
        for name, token in self.exported.items():
            if name not in values:
                raise token.error("not defined", self.symbols.similar(name))
        contents = {section.name: section for section in placed}
        lines = tuple(_listed(*line, contents) for line in self._listed)
        entry = values.get("_start", self.sections[".text"].address)
        return Program(placed, values, homes, frozenset(self.exported), entry, lines)


def _listed(
    before: Label, after: Label, location: Location, placed: Mapping[str, Placed]
) -> ListedLine:
    section = placed[before.section.name]
    data = section.data[before.in_section : after.in_section]
    return ListedLine(section.address + before.in_section, data, location)
