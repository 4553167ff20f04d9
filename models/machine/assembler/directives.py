"""Directives: statements that begin with a dot and are no part of `macros`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from models.machine.assembler.errors import AssemblyError
from models.machine.assembler.expressions import Expression, Number, TokenStream, parse
from models.machine.assembler.layout import MOST_BYTES, Align, Fill, Patch
from models.machine.assembler.lexer import Token

if TYPE_CHECKING:
    from models.machine.assembler.assembler import Assembler

MOST_ROOM = 1 << 32  # bytes of .skip in a section without contents
_SIZES = {
    **dict.fromkeys((".byte",), 1),
    **dict.fromkeys((".half", ".short", ".hword", ".2byte"), 2),
    **dict.fromkeys((".word", ".long", ".4byte"), 4),
    **dict.fromkeys((".dword", ".quad", ".8byte"), 8),
}
_FLAGS = {".text": "ax", ".data": "aw", ".bss": "aw", ".rodata": "a", ".sdata": "aw", ".sbss": "aw"}
_OPTIONS = ("rvc", "norvc", "push", "pop", "relax", "norelax", "pic", "nopic")
#: Accepted for the sake of sources written for GNU as, and without effect here.
_IGNORED = (".type", ".size", ".file", ".ident", ".attribute", ".local", ".hidden", ".weak")


def run(assembler: Assembler, token: Token, stream: TokenStream) -> None:
    """Carry out the directive that `token` names."""
    name = token.text
    if name in _IGNORED or name.startswith(".cfi_"):
        return
    if name in _SIZES:
        _data(assembler, stream, _SIZES[name])
    elif name in _RUN:
        _RUN[name](assembler, token, stream)
    else:
        known = sorted({*_SIZES, *_RUN, ".macro", ".rept", ".irp", ".if", ".ifdef", ".include"})
        raise token.error("no such directive", " ".join(known))
    stream.finish()


def _data(assembler: Assembler, stream: TokenStream, size: int) -> None:
    """`.byte 1, 2`: numbers, addresses or differences, in `size` bytes each."""
    while True:
        token = stream.peek
        _room_for_bytes(assembler, token)
        value = parse(stream, assembler)
        data = assembler.section.data
        if isinstance(value, Number):
            data.content += _number(value.value, size, token)
        else:
            data.patches.append(
                Patch(len(data.content), size, _later(assembler, value, size, token))
            )
            data.content += bytes(size)
        if not stream.accept(","):
            return


def _later(
    assembler: Assembler, value: Expression, size: int, token: Token
) -> Callable[[int], bytes]:
    return lambda address: _number(assembler.symbols.value(value), size, token)


def _number(value: int, size: int, token: Token) -> bytes:
    bits = 8 * size
    if not -1 << bits - 1 <= value < 1 << bits:
        allowed = f"{-1 << bits - 1} to {(1 << bits) - 1}"
        raise token.error(f"{value} does not fit {size} bytes", allowed)
    return (value & (1 << bits) - 1).to_bytes(size, "little")


def _room_for_bytes(assembler: Assembler, token: Token) -> None:
    if not assembler.section.has_bytes:
        problem = f"contents in {assembler.section.name}"
        raise token.error(problem, ".skip here, or contents in .data")


def _text(assembler: Assembler, token: Token, stream: TokenStream) -> None:
    """`.ascii "..."`, and `.asciz`, `.string` with a zero at the end."""
    _room_for_bytes(assembler, token)
    end = b"" if token.text == ".ascii" else b"\0"
    while True:
        word = stream.take()
        if word.kind != "string":
            raise word.error("not a string", 'text in double quotes: "..."')
        assert isinstance(word.value, bytes)
        assembler.section.data.content += word.value + end
        if not stream.accept(","):
            return


def _constant(assembler: Assembler, stream: TokenStream, low: int, high: int) -> int:
    """Read a number that must be known at once."""
    token = stream.peek
    value = assembler.symbols.constant(parse(stream, assembler), token)
    if not low <= value <= high:
        raise token.error(f"{value} is out of range", f"{low} to {high}")
    return value


def _skip(assembler: Assembler, token: Token, stream: TokenStream) -> None:
    """`.skip COUNT, BYTE`: room, filled with zeros or the byte."""
    most = MOST_BYTES if assembler.section.has_bytes else MOST_ROOM
    count = _constant(assembler, stream, 0, most)
    value = _constant(assembler, stream, -128, 255) if stream.accept(",") else 0
    if value:
        _room_for_bytes(assembler, token)
    assembler.section.fragments.append(Fill(count, bytes([value & 0xFF])))


def _fill(assembler: Assembler, token: Token, stream: TokenStream) -> None:
    """`.fill REPEAT, SIZE, VALUE`: the value in `SIZE` bytes, repeated."""
    _room_for_bytes(assembler, token)
    count = _constant(assembler, stream, 0, MOST_BYTES // 8)
    size = _constant(assembler, stream, 1, 8) if stream.accept(",") else 1
    value_token = stream.peek
    low, high = -1 << 8 * size - 1, (1 << 8 * size) - 1
    value = _constant(assembler, stream, low, high) if stream.accept(",") else 0
    assembler.section.fragments.append(Fill(count, _number(value, size, value_token)))


def _align(assembler: Assembler, token: Token, stream: TokenStream) -> None:
    """`.balign BYTES, FILL, MOST`; `.align` and `.p2align` take the power of two."""
    operand = stream.peek
    if token.text == ".balign":
        boundary = _constant(assembler, stream, 1, 1 << 16)
        if boundary & boundary - 1:
            raise operand.error(f"{boundary} is not a power of two", "1, 2, 4, ... 65536")
    else:
        boundary = 1 << _constant(assembler, stream, 0, 16)
    fill, most = None, None
    if stream.accept(","):
        if stream.peek.text != "," and stream.peek.kind != "end":
            fill = _constant(assembler, stream, 0, 255)
        if stream.accept(","):
            most = _constant(assembler, stream, 0, 1 << 16)
    section = assembler.section
    section.alignment = max(section.alignment, boundary)
    section.fragments.append(Align(boundary, fill, most))


def _set(assembler: Assembler, token: Token, stream: TokenStream) -> None:
    """`.equ NAME, VALUE` and `.set`, which may be repeated; `.equiv`, which may not."""
    name = stream.take()
    if name.kind != "name":
        raise name.error("not a name", f"{token.text} NAME, VALUE")
    stream.expect(",")
    value = parse(stream, assembler)
    assembler.symbols.define(name.text, value, name, final=token.text == ".equiv")


def _export(assembler: Assembler, token: Token, stream: TokenStream) -> None:
    """`.globl NAME, ...`: names for the symbol table's global part."""
    while True:
        name = stream.take()
        if name.kind != "name":
            raise name.error("not a name", f"{token.text} NAME")
        assembler.exported.setdefault(name.text, name)
        if not stream.accept(","):
            return


def _section(assembler: Assembler, token: Token, stream: TokenStream) -> None:
    """`.text`, `.data`, `.bss`, `.section NAME, "flags", @type`, `.pushsection`, `.popsection`."""
    if token.text == ".popsection":
        if not assembler.section_stack:
            raise token.error("nothing to return to", ".pushsection before it")
        assembler.section = assembler.section_stack.pop()
        return
    if token.text == ".pushsection":
        assembler.section_stack.append(assembler.section)
    name = token
    if token.text in (".section", ".pushsection"):
        name = stream.take()
        if name.kind != "name":
            raise name.error("not a section's name", '.section .NAME, "awx"')
    flags = _FLAGS.get("." + name.text.split(".")[1] if "." in name.text else "", "")
    has_bytes = not name.text.startswith((".bss", ".sbss"))
    if stream.accept(","):
        letters = stream.take()
        text = letters.value.decode() if isinstance(letters.value, bytes) else "?"
        if letters.kind != "string" or not set(text) <= set("awxMSG"):
            raise letters.error("not a section's flags", 'letters of "awx" in quotes')
        flags = text
    if stream.accept(","):
        stream.expect("@")
        kind = stream.take()
        if kind.text not in ("progbits", "nobits"):
            raise kind.error("not a section's type", "@progbits or @nobits")
        has_bytes = kind.text == "progbits"
    assembler.section = assembler.open_section(name.text, flags, has_bytes)


def _option(assembler: Assembler, token: Token, stream: TokenStream) -> None:
    """`.option rvc` and `norvc` switch compressed instructions; `push`, `pop` keep the choice."""
    word = stream.take()
    if word.text not in _OPTIONS:
        raise word.error("no such option", " ".join(_OPTIONS))
    if word.text in ("rvc", "norvc"):
        assembler.options.compressed = word.text == "rvc"
    elif word.text == "push":
        assembler.option_stack.append(type(assembler.options)(assembler.options.compressed))
    elif word.text == "pop":
        if not assembler.option_stack:
            raise word.error("nothing to return to", ".option push before it")
        assembler.options = assembler.option_stack.pop()


def _error(assembler: Assembler, token: Token, stream: TokenStream) -> None:
    """`.error "message"`: the source itself says that something is wrong."""
    message = stream.take()
    if message.kind != "string" or not isinstance(message.value, bytes):
        raise message.error("not a string", '.error "message"')
    text = message.value.decode(errors="replace")
    raise AssemblyError(token.location, token.text, text, "what the source's own check asks for")


_RUN: dict[str, Callable[[Assembler, Token, TokenStream], None]] = {
    **dict.fromkeys((".ascii", ".asciz", ".string"), _text),
    **dict.fromkeys((".zero", ".skip", ".space"), _skip),
    ".fill": _fill,
    **dict.fromkeys((".align", ".p2align", ".balign"), _align),
    **dict.fromkeys((".equ", ".set", ".equiv"), _set),
    **dict.fromkeys((".globl", ".global"), _export),
    **dict.fromkeys((".text", ".data", ".bss", ".rodata"), _section),
    **dict.fromkeys((".section", ".pushsection", ".popsection"), _section),
    ".option": _option,
    ".error": _error,
}
