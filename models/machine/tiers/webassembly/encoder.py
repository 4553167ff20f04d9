"""WebAssembly's binary format: as much of it as this tier writes.

A module is a header and sections, each with its number and length; a function's body is a string of
one-byte operations with their immediates in LEB128, seven bits a byte. Structure is by `block`,
`loop` and `if`, each closed by `end`; a branch names how many of them it leaves, so `Code` keeps
the open ones by label and counts. Source: WebAssembly Core Specification 1.0, section 5; the
sign-extension operations (0xC0 to 0xC4) are the one later addition, which every engine has.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

I32, I64 = 0x7F, 0x7E
EMPTY = 0x40  # the type of a block without a value

UNREACHABLE, RETURN, DROP, SELECT = 0x00, 0x0F, 0x1A, 0x1B
I32_EQZ, I32_EQ, I32_NE, I32_LT_U, I32_GT_U = 0x45, 0x46, 0x47, 0x49, 0x4B
I32_GE_U = 0x4F
I64_EQZ, I64_EQ, I64_NE, I64_LT_S, I64_LT_U = 0x50, 0x51, 0x52, 0x53, 0x54
I64_GT_S, I64_GT_U, I64_LE_S, I64_LE_U, I64_GE_S, I64_GE_U = range(0x55, 0x5B)
I32_ADD, I32_SUB, I32_AND, I32_OR, I32_XOR = 0x6A, 0x6B, 0x71, 0x72, 0x73
I32_SHL, I32_SHR_S, I32_SHR_U = 0x74, 0x75, 0x76
I64_ADD, I64_SUB, I64_MUL, I64_DIV_S, I64_DIV_U, I64_REM_S, I64_REM_U = range(0x7C, 0x83)
I64_AND, I64_OR, I64_XOR, I64_SHL, I64_SHR_S, I64_SHR_U = range(0x83, 0x89)
I32_WRAP, I64_EXTEND_S, I64_EXTEND_U = 0xA7, 0xAC, 0xAD
I64_EXTEND = {8: 0xC2, 16: 0xC3, 32: 0xC4}

#: By (bytes, signed): loads into 64 bits, and stores from them.
I64_LOAD = {(1, True): 0x30, (1, False): 0x31, (2, True): 0x32, (2, False): 0x33}
I64_LOAD |= {(4, True): 0x34, (4, False): 0x35, (8, True): 0x29, (8, False): 0x29}
I64_STORE = {1: 0x3C, 2: 0x3D, 4: 0x3E, 8: 0x37}
I32_LOAD, I32_LOAD16_U, I32_STORE, I32_STORE16 = 0x28, 0x2F, 0x36, 0x3B


def unsigned(value: int) -> bytes:
    """Encode an unsigned LEB128 number."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def signed(value: int) -> bytes:
    """Encode a signed LEB128 number."""
    out = bytearray()
    while not -64 <= value < 64:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value & 0x7F)
    return bytes(out)


def vector(items: Sequence[bytes]) -> bytes:
    """Encode a list: its length, and the items."""
    return unsigned(len(items)) + b"".join(items)


class Code:
    """The body of one function, as it is written.

    Attributes
    ----------
    bytes
        What has been written.
    """

    def __init__(self) -> None:
        self.bytes = bytearray()
        self._open: list[Hashable] = []

    def op(self, *codes: int) -> None:
        """Append operations without immediates."""
        self.bytes += bytes(codes)

    def get(self, local: int) -> None:
        """Push a local."""
        self.bytes += b"\x20" + unsigned(local)

    def set(self, local: int) -> None:
        """Pop into a local."""
        self.bytes += b"\x21" + unsigned(local)

    def tee(self, local: int) -> None:
        """Copy the top of the stack into a local."""
        self.bytes += b"\x22" + unsigned(local)

    def i32(self, value: int) -> None:
        """Push a 32-bit constant (given signed or unsigned)."""
        self.bytes += b"\x41" + signed((value + (1 << 31) & 0xFFFFFFFF) - (1 << 31))

    def i64(self, value: int) -> None:
        """Push a 64-bit constant, signed."""
        self.bytes += b"\x42" + signed(value)

    def memory(self, operation: int, offset: int = 0) -> None:
        """Append a load or store of any alignment, at the popped address plus an offset."""
        self.bytes += bytes((operation, 0)) + unsigned(offset)

    def call(self, function: int) -> None:
        """Call a function of the module."""
        self.bytes += b"\x10" + unsigned(function)

    def call_indirect(self, kind: int) -> None:
        """Call the function of a type at the popped index of the table."""
        self.bytes += b"\x11" + unsigned(kind) + b"\0"

    # ------------------------------------------------------------------ structure
    def block(self, label: Hashable = None) -> None:
        """Open a block: a branch to its label goes behind its end."""
        self._begin(0x02, label)

    def loop(self, label: Hashable = None) -> None:
        """Open a loop: a branch to its label goes to its beginning."""
        self._begin(0x03, label)

    def when(self) -> None:
        """Open an `if`."""
        self._begin(0x04, None)

    def otherwise(self) -> None:
        """Turn to the other side of the `if`."""
        self.bytes.append(0x05)

    def end(self) -> None:
        """Close what was opened last."""
        self.bytes.append(0x0B)
        self._open.pop()

    def br(self, label: Hashable) -> None:
        """Branch."""
        self.bytes += b"\x0c" + unsigned(self._depth(label))

    def br_if(self, label: Hashable) -> None:
        """Branch if the popped 32-bit value is not zero."""
        self.bytes += b"\x0d" + unsigned(self._depth(label))

    def br_table(self, labels: Sequence[Hashable], otherwise: Hashable) -> None:
        """Branch to the label at the popped index, or to `otherwise` if there is none."""
        depths = [unsigned(self._depth(label)) for label in labels]
        self.bytes += b"\x0e" + vector(depths) + unsigned(self._depth(otherwise))

    def opened(self, label: Hashable) -> bool:
        """Tell whether a branch to a label is possible here."""
        return label in self._open

    def _begin(self, code: int, label: Hashable) -> None:
        self.bytes += bytes((code, EMPTY))
        self._open.append(label)

    def _depth(self, label: Hashable) -> int:
        return self._open[::-1].index(label)


#: Function types: what they take and what they give.
Types = Sequence[tuple[Sequence[int], Sequence[int]]]
#: A function: index of its type, its locals as (number, type), its body.
Function = tuple[int, Sequence[tuple[int, int]], Code]


def _name(text: str) -> bytes:
    return unsigned(len(text)) + text.encode()


def module(
    types: Types,
    functions: Sequence[Function],
    export: int,
) -> bytes:
    """Put a module together.

    It imports the memory `e.m` and the table of functions `e.t`, and exports one function as `f`.

    Parameters
    ----------
    types
        Function types: what they take and what they give.
    functions
        The functions; they are numbered from 0.
    export
        The number of the one that is exported.
    """
    kinds = [b"\x60" + vector([bytes((t,)) for t in a]) + vector([bytes((t,)) for t in b])
             for a, b in types]  # fmt: skip
    memory = _name("e") + _name("m") + b"\x02\x00" + unsigned(1)
    table = _name("e") + _name("t") + b"\x01\x70\x00" + unsigned(1)
    bodies = []
    for _, local, code in functions:
        body = vector([unsigned(n) + bytes((t,)) for n, t in local]) + bytes(code.bytes) + b"\x0b"
        bodies.append(unsigned(len(body)) + body)
    sections = (
        (1, vector(kinds)),
        (2, vector([memory, table])),
        (3, vector([unsigned(kind) for kind, _, _ in functions])),
        (7, vector([_name("f") + b"\x00" + unsigned(export)])),
        (10, vector(bodies)),
    )
    return b"\0asm\1\0\0\0" + b"".join(
        bytes((number,)) + unsigned(len(content)) + content for number, content in sections
    )
