"""`li`: the instructions that put a number into a register, as GNU as chooses them."""

from __future__ import annotations

#: (name, source register or None for rd, immediate in assembly syntax)
Step = tuple[str, str, int]


def load_immediate(value: int) -> list[Step]:
    """Return the steps that build a 64-bit constant in rd.

    Each step is ``(name, source, immediate)``: `lui` takes none, "rd" is the register being built
    and "x0" is zero. A number of 12 bits takes one `addi`, one of 32 bits `lui` and `addiw`; a
    longer one is shifted in, 12 bits at a time, from the top.
    """
    if -2048 <= value < 2048:
        return [("addi", "x0", value)]
    return _build(value)


def _build(value: int) -> list[Step]:
    low = ((value + 0x800) & 0xFFF) - 0x800  # the addition that follows takes a signed number
    upper = value - low
    if -(1 << 31) <= value < 1 << 31:
        steps: list[Step] = []
        if upper:
            steps.append(("lui", "", (upper >> 12) & 0xFFFFF))
        if low or not upper:
            steps.append(("addiw", "rd" if upper else "x0", low))
        return steps
    shift = 12
    upper = ((upper + (1 << 63)) & ((1 << 64) - 1)) - (1 << 63)
    while not upper >> shift & 1:
        shift += 1
    steps = [*_build(upper >> shift), ("slli", "rd", shift)]
    return [*steps, ("addi", "rd", low)] if low else steps
