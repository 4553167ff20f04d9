"""Instructions of the source to bytes, by the instruction table alone."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from models.machine.assembler.compress import compress
from models.machine.assembler.constants import load_immediate
from models.machine.assembler.expressions import Expression, Number, Symbol, TokenStream
from models.machine.assembler.forms import FLOATS, FORMS, Form
from models.machine.assembler.layout import Branch, Patch
from models.machine.assembler.lexer import Token
from models.machine.assembler.operands import (
    ABI_NAMES,
    FLOAT_ABI_NAMES,
    FLOAT_PLACES,
    PLACES,
    ROUNDING,
    Memory,
    Operand,
    Register,
    Value,
    parse_operands,
    registers_allowed,
)
from models.machine.csr_names import NUMBERS
from models.machine.decode import encode
from models.machine.isa import BY_NAME, Instruction, operand_names

if TYPE_CHECKING:
    from models.machine.assembler.assembler import Assembler

_INVERSE = {"beq": "bne", "blt": "bge", "bltu": "bgeu", "c.beqz": "c.bnez"}
_INVERSE |= {long: short for short, long in _INVERSE.items()}
_ORDERING = re.compile(r"(?P<name>(?:amo|lr|sc).*?)\.(?P<bits>aqrl|aq|rl)")
_FENCE_LETTERS = {"i": 8, "o": 4, "r": 2, "w": 1}
Fields = Mapping[str, Register | Value]


class Encoder:
    """Turns instructions into the fragments of the current section."""

    def __init__(self, assembler: Assembler):
        self._assembler = assembler
        self._pcrel_hi: dict[tuple[str, int, int], Expression] = {}

    def instruction(self, token: Token, stream: TokenStream) -> None:
        """Take in one instruction, of the table or pseudo."""
        name, ordering = token.text.lower(), 0
        if match := _ORDERING.fullmatch(name):
            name = match["name"]
            ordering = {"aq": 2, "rl": 1, "aqrl": 3}[match["bits"]]
        operands = parse_operands(stream, self._assembler, name in FLOATS)
        if name == "li":
            self._load_immediate(token, operands)
        elif name == "unimp" and not operands:
            # An instruction that is illegal everywhere: all zeros, or a write to `cycle`.
            self._append(bytes(2) if self._assembler.options.compressed else b"\x73\x10\x00\xc0")
        else:
            form, places = _match(token, name, operands)
            for row, fields in form.steps(places, token):
                self._emit(row, fields, ordering, str(form))

    def _load_immediate(self, token: Token, operands: list[Operand]) -> None:
        if len(operands) != 2:
            raise token.error("operands do not fit", "li rd, imm")
        rd, value = operands
        if not isinstance(rd, Register):
            raise rd.token.error("not a register, which li needs", registers_allowed())
        if not isinstance(value, Value) or value.function:
            raise value.token.error("not a number", "li rd, imm (for a symbol: la rd, symbol)")
        number = self._assembler.symbols.constant(value.expression, value.token)
        zero = Register(0, token)
        upper = self._compressed_lui(rd, number)
        steps = [("lui", "", upper)] if upper is not None else load_immediate(number)
        for name, source, immediate in steps:
            places: dict[str, Register | Value] = {"rd": rd}
            places["uimm" if name == "slli" else "imm"] = Value(Number(immediate), value.token)
            if source:
                places["rs1"] = zero if source == "x0" else rd
            written = "li rd, imm" if steps[0][0] == "addi" else ""
            self._emit(BY_NAME[name], places, 0, written)

    def _compressed_lui(self, rd: Register, number: int) -> int | None:
        """`c.lui` is tried before `addi`: their ranges do not meet but for what both can do."""
        if not self._assembler.options.compressed or number & 0xFFF:
            return None
        found = compress("lui", {"rd": rd.number, "imm": number})
        return number >> 12 & 0xFFFFF if found else None

    def _emit(self, row: Instruction, fields: Fields, ordering: int, written: str) -> None:
        """Append one instruction of the table; what is not known yet becomes a patch."""
        values = {"aq": ordering >> 1, "rl": ordering & 1} if "aq" in row.fields else {}
        later: dict[str, Value] = {}
        for name, operand in fields.items():
            if name not in row.fields:
                continue
            if row.kind in ("branch", "jal") and name == "imm":
                assert isinstance(operand, Value)
                later[name] = operand
            elif isinstance(operand, Register):
                values[name] = _checked(row, name, operand.number, operand.token)
            else:
                number = self._known(row, name, operand)
                if number is None:
                    later[name] = operand
                else:
                    values[name] = _checked(row, name, number, operand.token)
        if row.kind in ("branch", "jal"):
            self._branch(row, values, later["imm"], written)
        elif later:
            self._patch(row, values, later)
        else:
            self._append(self._encode(row, values, written))

    def _encode(self, row: Instruction, values: dict[str, int], written: str) -> bytes:
        if self._assembler.options.compressed and not row.compressed:
            found = compress(row.name, values, written)
            if found:
                row, values = found
        return encode(row.name, **values).to_bytes(row.bits // 8, "little")

    def _append(self, data: bytes) -> None:
        self._assembler.section.data.content += data

    # ------------------------------------------------------------ values

    def _known(self, row: Instruction, field: str, value: Value) -> int | None:
        """Return a field's value if it is known now."""
        if field == "csr" and isinstance(value.expression, Symbol):
            name = value.expression.name
            if name not in NUMBERS:
                close = ", ".join(difflib.get_close_matches(name, NUMBERS)) or "mstatus, satp, ..."
                raise value.token.error("not a CSR", f"a CSR's name ({close}) or 0 to 0xfff")
            return NUMBERS[name]
        if field == "rm" and isinstance(value.expression, Symbol):
            if value.expression.name not in ROUNDING:
                raise value.token.error("not a rounding mode", " ".join(ROUNDING))
            return ROUNDING[value.expression.name]
        if field in ("pred", "succ") and isinstance(value.expression, Symbol):
            letters = value.expression.name
            if not set(letters) <= set("iorw") or len(set(letters)) != len(letters):
                raise value.token.error("not a set of accesses", "letters of iorw, each once")
            return sum(_FENCE_LETTERS[letter] for letter in letters)
        if value.function:
            upper = row.fields[field].range.step == 4096
            if value.function.endswith("hi") != upper or field != "imm":
                instructions = (
                    "lui and auipc" if value.function.endswith("hi") else "addi, loads, ..."
                )
                raise value.token.error(f"not an operand of {row.name}", instructions)
            return None
        number = value.constant
        return None if number is None else _as_encoded(row, field, number, value.token)

    def _patch(self, row: Instruction, values: dict[str, int], later: dict[str, Value]) -> None:
        """Append room for an instruction whose operands follow when addresses are known."""
        section = self._assembler.section
        label = section.label()
        for value in later.values():
            if value.function == "%pcrel_hi":
                self._pcrel_hi[section.name, id(label.fragment), label.offset] = value.expression

        def encoded(address: int) -> bytes:
            complete = dict(values)
            for name, value in later.items():
                number = _as_encoded(row, name, self._resolve(value, address), value.token)
                complete[name] = _checked(row, name, number, value.token)
            return encode(row.name, **complete).to_bytes(row.bits // 8, "little")

        section.data.patches.append(Patch(label.offset, row.bits // 8, encoded))
        self._append(bytes(row.bits // 8))

    def _resolve(self, value: Value, address: int) -> int:
        """Return an operand's value for an instruction at `address`."""
        if value.function == "%pcrel_lo":
            expression, address = self._pcrel_partner(value)
        else:
            expression = value.expression
        number = self._assembler.symbols.value(expression)
        if not value.function:
            return number
        if value.function not in ("%hi", "%lo"):
            # The second instruction of a pair takes the distance as the first saw it.
            number -= address - 4 if value.function == "%target_lo" else address
        if not -(1 << 31) <= number + 0x800 < 1 << 31:
            reach = "-2 GiB to 2 GiB (an address beyond: la rd, symbol)"
            raise value.token.error(f"{number:#x} is out of reach", reach)
        low = ((number + 0x800) & 0xFFF) - 0x800
        return low if value.function.endswith("lo") else (number - low) >> 12 & 0xFFFFF

    def _pcrel_partner(self, value: Value) -> tuple[Expression, int]:
        """Return what the %pcrel_hi at a label aims at, and where it stands."""
        assert isinstance(value.expression, Symbol)
        label = self._assembler.symbols.find(value.expression)
        if label:
            key = (label.section.name, id(label.fragment), label.offset)
            if key in self._pcrel_hi:
                return self._pcrel_hi[key], label.section.address + label.in_section
        raise value.token.error("no %pcrel_hi there", "the label of an instruction with %pcrel_hi")

    # ------------------------------------------------------------ branches

    def _branch(
        self, row: Instruction, values: dict[str, int], target: Value, written: str
    ) -> None:
        if target.function:
            raise target.token.error("not a target", "a label or an address")
        short: tuple[Instruction, dict[str, int]] | None = None
        if row.compressed:
            short = (row, values)
            row, values = _long_form(row, values)
        elif self._assembler.options.compressed:
            short = compress(row.name, {**values, "imm": 0}, written)
        token = target.token

        def encoded(length: int, address: int, destination: int) -> bytes:
            distance = destination - address
            if length == 2 and short:
                return _jump(short[0], short[1], distance, token)
            if length == 4:
                return _jump(row, values, distance, token)
            head, fields = short if length == 6 and short else (row, values)
            skip = _jump(BY_NAME[_INVERSE[head.name]], fields, length, token)
            return skip + _jump(BY_NAME["jal"], {"rd": 0}, distance - len(skip), token)

        fragment = Branch(target.expression, short is not None, row.kind == "branch", encoded)
        self._assembler.section.label()  # closes the fragment before, if it is of open length
        self._assembler.section.fragments.append(fragment)


def _long_form(row: Instruction, values: dict[str, int]) -> tuple[Instruction, dict[str, int]]:
    """Return what a compressed jump stands for."""
    name, _, text = row.semantics.partition(" ")
    pairs = zip(operand_names(BY_NAME[name].operands), operand_names((text,)), strict=True)
    fields = {to: values[of] if of in values else int(of[1:]) for to, of in pairs if to != "imm"}
    return BY_NAME[name], fields


def _jump(row: Instruction, values: Mapping[str, int], distance: int, token: Token) -> bytes:
    fields = {name: value for name, value in values.items() if name != "imm"}
    fields["imm"] = _checked(row, "imm", distance, token)
    return encode(row.name, **fields).to_bytes(row.bits // 8, "little")


def _as_encoded(row: Instruction, field: str, number: int, token: Token) -> int:
    """Convert from assembly syntax: `lui` and `auipc` take the upper 20 bits as a number."""
    if field != "imm" or row.fields[field].range.step != 4096:
        return number
    if not 0 <= number < 1 << 20:
        raise token.error(f"{row.name} takes the upper 20 bits", "0 to 0xfffff")
    return ((number << 12) + (1 << 31) & 0xFFFFFFFF) - (1 << 31)


def _checked(row: Instruction, name: str, number: int, token: Token) -> int:
    """Return the number if the field can hold it."""
    field = row.fields[name]
    if number in field.range and number not in field.forbidden:
        return number
    if name in PLACES or name in FLOAT_PLACES:
        names = ABI_NAMES if name in PLACES else FLOAT_ABI_NAMES
        ok = [names[n] for n in field.range if n not in field.forbidden]
        raise token.error(f"not a register that {row.name} can name", " ".join(ok))
    allowed = f"{field.range.start} to {field.range[-1]}"
    allowed += f" in steps of {field.range.step}" if field.range.step > 1 else ""
    allowed += " but not " + " or ".join(map(str, field.forbidden)) if field.forbidden else ""
    raise token.error(f"{number} does not fit {row.name}", allowed)


def _match(
    token: Token, name: str, operands: list[Operand]
) -> tuple[Form, dict[str, Register | Value]]:
    """Find the form in which an instruction is written."""
    forms = FORMS.get(name)
    if forms is None:
        close = difflib.get_close_matches(name, FORMS)
        allowed = ", ".join(close) if close else "an instruction of RV64GC or a pseudo-instruction"
        raise token.error("no such instruction, directive or macro", allowed)
    for form in forms:
        places = form.match(operands)
        if places is not None:
            return form, places
    allowed = "; ".join(map(str, forms))
    wrong = token
    for index, operand in enumerate(operands):
        if not any(_same_kind(form, index, operand) for form in forms):
            wanted = [form.operands[index] for form in forms if index < len(form.operands)]
            for places_, floating in ((PLACES, False), (FLOAT_PLACES, True)):
                if wanted and places_.issuperset(wanted):
                    raise operand.token.error(
                        f"not a register, which {name} needs", registers_allowed(floating)
                    )
            wrong = operand.token
            break
    raise wrong.error(f"operands do not fit {name}", allowed)


def _same_kind(form: Form, index: int, operand: Operand) -> bool:
    """Whether a form has an operand of this kind at a place."""
    if index >= len(form.operands):
        return False
    pattern = form.operands[index]
    if "(" in pattern or isinstance(operand, Memory):
        return "(" in pattern and isinstance(operand, Memory)
    if isinstance(operand, Register):
        return pattern in FLOAT_PLACES if operand.floating else pattern in PLACES | {"x2"}
    return pattern not in PLACES | FLOAT_PLACES | {"x2"}
