"""Sections to addresses, and the bytes that depend on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from models.machine.assembler.errors import AssemblyError, Location
from models.machine.assembler.layout import Align, Branch, Data, Fill, Section
from models.machine.assembler.program import Placed
from models.machine.assembler.symbols import Symbols

PAGE = 4096


def link(
    sections: Iterable[Section],
    symbols: Symbols,
    origin: int,
    addresses: Mapping[str, int],
    source: Location,
) -> tuple[Placed, ...]:
    """Choose every length and address, and fill in the bytes.

    Code begins at the origin; read-only data, writable data and room without bytes follow, each
    kind on a page of its own (a page that holds code and data makes an emulator drop code that
    was not changed). A section in `addresses` stands where that says.
    """
    sections = sorted(sections, key=_group)
    for section in sections:
        section.lay_out(symbols.find, source)
    _place(sections, origin, addresses)
    _check_apart(sections, source)
    return tuple(
        Placed(s.name, s.flags, s.address, s.size, s.alignment, _bytes(s, symbols))
        for s in sorted(sections, key=lambda s: s.address)
    )


def _group(section: Section) -> int:
    """Order in memory: code, read-only data, writable data, room without bytes."""
    if not section.has_bytes:
        return 3
    return 0 if section.code else 2 if "w" in section.flags else 1


def _place(sections: list[Section], origin: int, addresses: Mapping[str, int]) -> None:
    address, last = origin, None
    for section in sections:
        if section.name in addresses:
            section.address = addresses[section.name]
        elif "a" not in section.flags:
            section.address = 0
        else:
            new_kind = section.size and last is not None and _group(last) != _group(section)
            boundary = max(PAGE if new_kind else 1, section.alignment)
            section.address = address + -address % boundary
            if section.size:
                address, last = section.address + section.size, section


def _check_apart(sections: list[Section], source: Location) -> None:
    taken: list[Section] = []
    for section in (s for s in sections if s.size and "a" in s.flags):
        for other in taken:
            below = section.address + section.size <= other.address
            if not below and section.address < other.address + other.size:
                problem = f"{section.name} at {section.address:#x} lies over {other.name}"
                raise AssemblyError(source, section.name, problem, "sections apart")
        taken.append(section)


def _bytes(section: Section, symbols: Symbols) -> bytes:
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
            out += fragment.encode(fragment.size, address, symbols.value(fragment.target))
    return bytes(out)
