"""The loop that everybody writes first: fetch, decode, dispatch, for RV64IM over flat memory.

Written with care (typed views of memory, nothing called for the common instructions), but it checks
nothing, translates nothing and counts only instructions: a generous measure for the tiers.
"""

M64 = (1 << 64) - 1
HALF = 1 << 63


def run(memory, base, pc, x, limit):
    """Execute up to `limit` instructions, or to WFI; return how many, and the pc.

    `memory` is a bytearray that begins at address `base`, x a list of 32 signed integers.
    """
    raw = memoryview(memory)
    loads = [raw.cast(code) for code in "bhiqBHI"]
    stores = [raw.cast(code) for code in "BHIQ"]
    words = raw.cast("I")
    count = 0
    while count < limit:
        word = words[pc - base >> 2]
        count += 1
        opcode, rd, kind = word & 0x7F, word >> 7 & 31, word >> 12 & 7
        a = x[word >> 15 & 31]
        following = pc + 4
        if opcode == 0x13:
            i = (word >> 20) - (word >> 31 << 12)
            if kind == 0:
                value = a + i
            elif kind == 1:
                value = a << (i & 63)
            elif kind == 2:
                value = int(a < i)
            elif kind == 3:
                value = int(a & M64 < i & M64)
            elif kind == 4:
                value = a ^ i
            elif kind == 5:
                value = a >> (i & 63) if word >> 30 else (a & M64) >> (i & 63)
            elif kind == 6:
                value = a | i
            else:
                value = a & i
        elif opcode == 0x03:
            value = loads[kind][a + (word >> 20) - (word >> 31 << 12) - base >> (kind & 3)]
        elif opcode == 0x23:
            place = a + (word >> 25 << 5 | rd) - (word >> 31 << 12) - base
            stores[kind][place >> kind] = x[word >> 20 & 31] & (1 << (8 << kind)) - 1
            pc = following
            continue
        elif opcode == 0x63:
            b = x[word >> 20 & 31]
            if kind < 2:
                taken = a == b
            elif kind < 6:
                taken = a < b
            else:
                taken = a & M64 < b & M64
            if taken != kind & 1:
                pc += ((word >> 7 & 1) << 11 | (word >> 25 & 63) << 5 | word >> 7 & 30) - (
                    word >> 31 << 12
                )
            else:
                pc = following
            continue
        elif opcode == 0x33:
            value = register(kind, word >> 25, a, x[word >> 20 & 31])
        elif opcode == 0x1B or opcode == 0x3B:
            if opcode == 0x1B:
                value = word_immediate(kind, word, a)
            else:
                value = word_register(kind, word >> 25, a, x[word >> 20 & 31])
            value = (value + 0x80000000 & 0xFFFFFFFF) - 0x80000000
        elif opcode == 0x37:
            value = (word & 0xFFFFF000) - (word >> 31 << 32)
        elif opcode == 0x17:
            value = pc + (word & 0xFFFFF000) - (word >> 31 << 32)
        elif opcode == 0x6F:
            value = following
            following = (
                pc
                - (word >> 31 << 20)
                + ((word >> 12 & 255) << 12 | (word >> 20 & 1) << 11 | (word >> 21 & 0x3FF) << 1)
            )
        elif opcode == 0x67:
            value = following
            following = a + (word >> 20) - (word >> 31 << 12) & ~1
        else:
            return count, pc
        if rd:
            x[rd] = value if -HALF <= value < HALF else (value + HALF & M64) - HALF
        pc = following
    return count, pc


def register(kind, seven, a, b):
    """Compute a register-register instruction."""
    if kind == 0:
        return a * b if seven == 1 else a - b if seven else a + b
    if seven == 1:
        raise NotImplementedError("the workload has no high products and no divisions")
    if kind == 1:
        return a << (b & 63)
    if kind == 2:
        return int(a < b)
    if kind == 3:
        return int(a & M64 < b & M64)
    if kind == 4:
        return a ^ b
    if kind == 5:
        return a >> (b & 63) if seven else (a & M64) >> (b & 63)
    return a | b if kind == 6 else a & b


def word_immediate(kind, word, a):
    """Compute a 32-bit instruction with an immediate; the caller takes the low 32 bits."""
    if kind == 0:
        return a + (word >> 20) - (word >> 31 << 12)
    count = word >> 20 & 31
    if kind == 1:
        return a << count
    if word >> 30:
        return (a + 0x80000000 & 0xFFFFFFFF) - 0x80000000 >> count
    return (a & 0xFFFFFFFF) >> count


def word_register(kind, seven, a, b):
    """Compute a 32-bit register-register instruction; the caller takes the low 32 bits."""
    if kind == 0:
        return a * b if seven == 1 else a - b if seven else a + b
    if seven == 1:
        raise NotImplementedError("the workload has no divisions")
    if kind == 1:
        return a << (b & 31)
    if seven:
        return (a + 0x80000000 & 0xFFFFFFFF) - 0x80000000 >> (b & 31)
    return (a & 0xFFFFFFFF) >> (b & 31)
