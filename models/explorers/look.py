"""What the machine's explorers show of a program that runs: plain data, and the static table."""

from html import escape
from typing import Any

from models.events import INTERRUPTS
from models.machine.assembler import Program
from models.machine.assembler.operands import ABI_NAMES
from models.machine.csr_names import NUMBERS
from models.machine.debugger import Debugger, rights
from models.machine.paging import X
from models.machine.semantics import M64
from models.machine.way import Way

CSRS = (
    "mstatus", "mtvec", "mepc", "mcause", "mtval", "mie", "mip", "satp",
    "stvec", "sepc", "scause", "stval",
)  # fmt: skip
ROW, ROWS = 8, 8  # bytes in a row of memory, and rows
TRAPS = 12  # the latest that are shown
FLAGS = "DAGUXWRV"


def state(debugger: Debugger, before: list[int], memory: int | None) -> dict[str, Any]:
    """Everything that the page shows.

    Parameters
    ----------
    debugger
    before
        The registers that the reader saw last.
    memory
        Where to look; None follows the program.
    """
    hart = debugger.board.hart
    access = debugger.access
    at = memory if memory is not None else access.address if access else home(debugger.program)
    ways = [way("fetch", debugger.way(debugger.pc, X))]
    if access:
        ways.append(way(access.kind, debugger.way(access.address, rights(access))))
    return {
        "count": debugger.count,
        "mode": debugger.mode,
        "pc": f"{debugger.pc:#x}",
        "here": here(debugger),
        "text": debugger.text,
        "registers": [f"{value & M64:x}" for value in hart.x[:32]],
        "changed": [n for n in range(32) if hart.x[n] != before[n]],
        "csrs": [[name, f"{hart.csrs.read(NUMBERS[name]):#x}"] for name in CSRS],
        "ways": ways,
        "memory": memory_rows(debugger, at),
        "traps": [
            [f"{t.step:,}", f"{t.cause}", f"{t.mode} {t.pc:#x}", f"{t.handler} {t.target:#x}"]
            for t in reversed(debugger.traps[-TRAPS:])
        ],
        "counters": [
            [family.replace("_", " "), key, f"{number:,}"]
            for family in debugger.board.counters
            for key, number in sorted(debugger.board.counters[family].items())
        ],
        "console": debugger.board.console_output.decode("latin-1"),
        "ended": ended(debugger),
    }


def here(debugger: Debugger) -> str:
    """Address of the statement that pc stands in (`la` is two instructions); empty outside."""
    for line in debugger.program.lines:
        if line.address <= debugger.pc < line.address + len(line.data):
            return f"{line.address:#x}"
    return ""


def home(program: Program) -> int:
    """Where memory is shown while the program touches none: its data, or its code."""
    return min((s.address for s in program.sections if s.name in (".data", ".bss") and s.size),
               default=program.entry)  # fmt: skip


def ended(debugger: Debugger) -> str:
    """Why the program cannot go on; empty while it can."""
    stop = debugger.ended
    if stop is None:
        return ""
    if stop.reason == "wfi":
        return "The hart waits, and nothing is armed to wake it: the program has ended."
    return f"The program switched the machine off ({stop.detail}, code {stop.code})."


def way(what: str, found: Way) -> dict[str, Any]:
    """The walk of an address as text."""
    if not found.translated:
        note = f"{what} {found.address:#x}: a physical address, no translation"
    elif found.physical is None:
        note = f"{what} {found.address:#x}: not allowed, this will fault"
    else:
        held = "held in the TLB, no walk" if found.held else "not in the TLB, walked"
        note = f"{what} {found.address:#x} is {found.physical:#x}: {held}"
    rows = [[str(r.level), f"{r.place:#x}", f"{r.entry:#x}", flags(r.entry)]
            for r in found.references]  # fmt: skip
    return {"note": note, "rows": rows}


def flags(entry: int) -> str:
    """The low eight bits of a page-table entry, as letters."""
    return "".join(letter if entry >> 7 - i & 1 else "-" for i, letter in enumerate(FLAGS))


def memory_rows(debugger: Debugger, at: int) -> list[list[str]]:
    """Address, bytes and text, a row each."""
    first = at & -ROW & M64
    rows = []
    for address in range(first, first + ROW * ROWS, ROW):
        data = debugger.bytes_at(address & M64, ROW)
        shown = "no RAM here" if data is None else data.hex(" ")
        letters = "".join(chr(b) if 32 <= b < 127 else "." for b in data or b"")
        rows.append([f"{address & M64:#x}", shown, letters])
    return rows


def listing(program: Program) -> list[dict[str, Any]]:
    """Each statement: its address, its bytes, its source and its line there."""
    names = {address: name for name, address in program.symbols.items() if name in program.homes}
    return [
        {
            "address": f"{line.address:#x}",
            "bytes": line.data[:8].hex(" ", 2) + ("…" if len(line.data) > 8 else ""),
            "label": names.get(line.address, ""),
            "source": line.location.text.partition("#")[0].split(":")[-1].strip(),
            "line": line.location.line,
        }
        for line in program.lines
        if line.data
    ]


def trace(debugger: Debugger, steps: int) -> list[list[str]]:
    """The next steps: number, mode, address, instruction, what it changed."""
    rows: list[list[str]] = []
    for _ in range(steps):
        mode, pc, text = debugger.mode, debugger.pc, debugger.text
        before, known = list(debugger.board.hart.x[:32]), len(debugger.traps)
        if not debugger.run(1).retired:
            break
        taken = debugger.traps[known:]
        for trap in taken:
            if trap.cause in INTERRUPTS.values():  # the handler's first instruction was executed
                mode, pc, text = trap.handler, trap.target, debugger.text_at(trap.target)
        changes = [f"trap: {trap.cause}" for trap in taken]
        changes += [
            f"{ABI_NAMES[n]} = {value & M64:#x}"
            for n, value in enumerate(debugger.board.hart.x[:32])
            if value != before[n]
        ]
        rows.append([str(debugger.count), mode, f"{pc:#x}", text, ", ".join(changes)])
    return rows


def table(caption: str, head: tuple[str, ...], rows: list[list[str]]) -> str:
    """A table as HTML, inside what can be scrolled sideways by keyboard, too."""
    columns = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    return (
        f'<div class="machine-table" tabindex="0" role="region" aria-label="{escape(caption)}">'
        f"<table><caption>{escape(caption)}</caption><thead><tr>{columns}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )
