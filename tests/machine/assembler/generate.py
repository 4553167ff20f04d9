"""Random assembly source that GNU as accepts too, one form of the assembler after another."""

import random
import re

from models.machine.assembler.forms import FORMS, Form
from models.machine.assembler.operands import (
    ABI_NAMES,
    FLOAT_ABI_NAMES,
    FLOAT_PLACES,
    ROUNDING,
)
from models.machine.csr_names import NUMBERS
from models.machine.encoding import Field
from models.machine.isa import BY_NAME, Instruction, operand_names

ALL_FORMS = [form for forms in FORMS.values() for form in forms]
_NO_ZERO = ("c.slli", "c.srli", "c.srai")  # GNU as refuses these hints


def field_of(form: Form, place: str) -> tuple[Instruction | None, Field | None]:
    """The row and field that a place of a form fills."""
    for name, operands in form.expansion:
        row = BY_NAME[name]
        for target, source in zip(
            operand_names(row.operands), operand_names(operands), strict=False
        ):
            if source == place:
                return row, row.fields[target]
    return None, None


def statement(form: Form, rng: random.Random, labels: list[str]) -> str:
    """One statement of a form, with random operands; edges of each range are drawn often."""

    def fill(match: re.Match[str]) -> str:
        place = match[0]
        if re.fullmatch(r"x\d+", place):
            return place
        if place == "csr":
            return rng.choice([*NUMBERS, hex(rng.randrange(4096))])
        if place in ("pred", "succ"):
            return rng.choice(["i", "o", "r", "w", "rw", "iorw", "io", "ow", "irw"])
        if place == "rm":
            return rng.choice(list(ROUNDING))
        if place in FLOAT_PLACES:
            _, field = field_of(form, place)
            assert field is not None
            number = rng.choice(field.range)
            return rng.choice([FLOAT_ABI_NAMES[number], f"f{number}"])
        if any("%" in text for _, operands in form.expansion for text in operands):
            if place == "imm":
                return rng.choice(labels)
            return rng.choice(ABI_NAMES)
        row, field = field_of(form, place)
        assert row is not None
        assert field is not None
        if place.startswith("r"):
            number = rng.choice([n for n in field.range if n not in field.forbidden])
            return rng.choice([ABI_NAMES[number], f"x{number}"])
        if row.kind in ("branch", "jal"):
            return rng.choice(labels)
        edges = {field.range[0], field.range[-1], -field.range.step, 0, field.range.step}
        values = [*edges, *(rng.choice(field.range) for _ in range(4))]
        allowed = [v for v in values if v in field.range and v not in field.forbidden]
        if form.name in _NO_ZERO:
            allowed = [v for v in allowed if v]
        value = rng.choice(allowed)
        if field.range.step == 4096:
            value = value >> 12 & 0xFFFFF
        return rng.choice([str(value), hex(value)])

    operands = form.operands
    if operands[-1:] == ("rm",) and rng.random() < 0.3:
        operands = operands[:-1]
    return f"{form.name} " + ", ".join(re.sub(r"[\w']+", fill, o) for o in operands)


def program(seed: int, compressed: bool, rounds: int) -> str:
    """Every form `rounds` times, shuffled, with labels all along."""
    rng = random.Random(seed)
    forms = [f for f in ALL_FORMS if compressed or not f.name.startswith("c.")] * rounds
    rng.shuffle(forms)
    lines = ["first:"]
    for index, form in enumerate(forms):
        if index % 10 == 0:
            lines.append(f"l{index // 10}:")
        near = min(max(index // 10 + rng.randrange(-4, 5), 0), (len(forms) - 1) // 10)
        reach = [f"l{near}"] if "imm" in form.operands else ["first"]
        far = any("%" in text for _, operands in form.expansion for text in operands)
        lines.append(statement(form, rng, ["first", "last", f"l{near}+8"] if far else reach))
    return "\n".join([*lines, "last: nop", ""])
