"""What a set of programs reached, and what differed."""

from __future__ import annotations

import struct
from collections import Counter
from dataclasses import dataclass, field

from models.machine.isa import INSTRUCTIONS
from tests.machine import walker
from tests.machine.differential import layout as at
from tests.machine.differential.compare import Difference, Trap, differences, slot, traps
from tests.machine.differential.explained import PLAIN, Known
from tests.machine.differential.generate import MODES, Program

CAUSES = {
    **{1: "instruction access fault", 2: "illegal instruction", 3: "breakpoint"},
    **{4: "load address misaligned", 5: "load access fault", 6: "store address misaligned"},
    **{7: "store access fault", 8: "call from U", 9: "call from S", 11: "call from M"},
    **{12: "instruction page fault", 13: "load page fault", 15: "store page fault"},
}
#: With the H extension besides.
GUEST_CAUSES = {
    **{10: "call from VS", 20: "instruction guest-page fault", 21: "load guest-page fault"},
    **{22: "virtual instruction", 23: "store guest-page fault"},
}
INTERRUPTS = {
    **{1: "supervisor software", 3: "machine software", 5: "supervisor timer"},
    **{7: "machine timer", 9: "supervisor external"},
}
GUEST_INTERRUPTS = {
    **{2: "virtual supervisor software", 6: "virtual supervisor timer"},
    **{10: "virtual supervisor external"},
}
#: What no program reaches here, and why.
UNREACHABLE = {
    "cause 0": "instruction address misaligned: with C, every even address is aligned",
    "cause 11 of U or S": "a call's cause is its mode",
    "interrupt 11": "machine external: on this board only the PLIC raises it, tested with it",
    "accessed is clear, dirty is clear": "QEMU 7.2 sets A and D by hardware: see test_walker",
    "no memory for the entry": "QEMU 7.2 reports a page fault: see test_walker",
}
_ACCESS = {12: "fetch", 13: "load", 15: "store"}
_INTERRUPT = 1 << 63


@dataclass
class Report:
    """Counts over all programs; shares are of programs."""

    programs: int = 0
    trapped: int = 0
    mix: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    changes: Counter[str] = field(default_factory=Counter)
    page_faults: Counter[str] = field(default_factory=Counter)
    explained: Counter[str] = field(default_factory=Counter)
    unexplained: list[Difference] = field(default_factory=list)

    def add(
        self, program: Program, expected: bytes, actual: bytes | None, known: Known = PLAIN
    ) -> None:
        """Count one program: RAM after QEMU, and after our board."""
        theirs = slot(expected, program)
        self.programs += 1
        self.mix += program.mix
        log = traps(theirs, program.layout)
        self.trapped += len(log)
        self.causes.update({name for trap in log for name in _causes(trap)})
        self.changes.update({name for trap in log for name in program.changes(trap)})
        reasons = {name for trap in log for name in _page_fault(trap, expected)}
        self.page_faults.update(reasons)
        self.changes.update(_returns(program, log))
        if actual is None:
            return
        ours = slot(actual, program)
        our_log = traps(ours, program.layout)
        pairs = zip(log, our_log, strict=False)
        ways = (known.apart(program, one, other) for one, other in pairs)
        way = next((way for way in ways if way), None)
        if way:  # what follows in the program is then not compared
            self.explained[way.name] += 1
            return
        for difference in differences(program, theirs, ours):
            entry = known.explain(difference, log, our_log)
            if entry:
                self.explained[entry.name] += 1
            else:
                self.unexplained.append(difference)

    def merge(self, other: Report) -> None:
        """Add another report's counts to this one's."""
        for name, counts in vars(other).items():
            setattr(self, name, getattr(self, name) + counts)

    def missing_of_guests(self) -> list[str]:
        """What programs with the H extension should reach and did not."""
        wanted = {f"{number} {name}" for number, name in GUEST_CAUSES.items()}
        wanted |= {f"interrupt {number} {name}" for number, name in GUEST_INTERRUPTS.items()}
        modes = ("M", "HS", "VS", "VU")
        wanted |= {f"{mode} to M (trap)" for mode in modes}
        wanted |= {f"{mode} to HS (trap)" for mode in modes[1:]}
        wanted |= {f"{mode} to VS (trap)" for mode in modes[2:]}
        wanted |= {row.name for row in INSTRUCTIONS if row.extension == "H"}
        return sorted(wanted - set(self.causes) - set(self.changes) - set(self.mix))

    def missing(self) -> list[str]:
        """What should be reached and was not."""
        wanted = {f"{number} {name}" for number, name in CAUSES.items()}
        wanted |= {f"interrupt {number} {name}" for number, name in INTERRUPTS.items()}
        reasons = set(walker.REASONS) - {
            *("accessed is clear", "dirty is clear", "no memory for the entry")
        }
        return sorted(
            {*(wanted - set(self.causes)), *(reasons - set(self.page_faults))}
            | ({row.name for row in INSTRUCTIONS if row.extension not in "HFD"} - set(self.mix))
        )

    def missing_of_floats(self) -> list[str]:
        """What programs with floating point should reach and did not."""
        wanted = {row.name for row in INSTRUCTIONS if row.extension in "FD"}
        return sorted(wanted - set(self.mix))

    def to_dict(self, known: Known = PLAIN) -> dict[str, object]:
        """The report as plain data."""
        missing = {"": self.missing, "H": self.missing_of_guests, "FD": self.missing_of_floats}
        total = sum(self.mix.values())

        def share(counts: Counter[str]) -> dict[str, float]:
            return {key: round(n / self.programs, 5) for key, n in sorted(counts.items())}

        entries = (*known.explained, *known.ways)
        reasons = [(entry.name, entry.reason) for entry in entries]
        return {
            "programs": self.programs,
            "instructions": total,
            "traps": self.trapped,
            "mix": {key: round(n / total, 5) for key, n in self.mix.most_common()},
            "share of programs by trap cause": share(self.causes),
            "share of programs by privilege change": share(self.changes),
            "share of programs by page fault": share(self.page_faults),
            "missing": missing[known.extension](),
            "unreachable": UNREACHABLE,
            "explained": {name: [self.explained[name], reason] for name, reason in reasons},
            "not generated": dict(known.not_generated),
            "unexplained": len(self.unexplained),
            "first unexplained": [str(difference) for difference in self.unexplained[:20]],
        }


def _name(cause: int) -> str:
    if cause & _INTERRUPT:
        number = cause & 63
        return f"interrupt {number} {(INTERRUPTS | GUEST_INTERRUPTS).get(number, '?')}"
    return f"{cause} {(CAUSES | GUEST_CAUSES).get(cause, '?')}"


def _causes(trap: Trap) -> list[str]:
    names = [_name(trap.mcause)]
    return [_name(trap.scause), *names] if trap.delegated else names


def _returns(program: Program, log: list[Trap]) -> set[str]:
    """Returns to lower modes that took place: a trap came from where they led."""
    names = set()
    for entry, trap in zip(program.entries, log, strict=False):
        origin = trap.mstatus >> 8 & 1 if trap.delegated else trap.origin
        if entry != 3 and origin == entry:
            names.add(f"M to {MODES[entry]} (mret)")
        elif entry == 1 and origin == 0:
            names |= {"M to S (mret)", "S to U (sret)"}
    return names


def _page_fault(trap: Trap, ram: bytes) -> list[str]:
    """Why a page fault was one, by the specification's own steps over the tables."""
    cause, _, address = trap.first
    mode = trap.mstatus >> 8 & 1 if trap.delegated else trap.origin
    if cause not in _ACCESS or mode == 3 or trap.satp >> 60 not in (8, 9):
        return []

    def read(place: int) -> int | None:
        offset = place - at.BASE
        return struct.unpack_from("<Q", ram, offset)[0] if 0 <= offset < len(ram) else None

    outcome = walker.walk(
        trap.satp,
        address,
        _ACCESS[cause],
        user=mode == 0,
        SUM=bool(trap.mstatus >> 18 & 1),
        MXR=bool(trap.mstatus >> 19 & 1),
        read=read,
        hardware=True,
    )
    return [outcome.reason] if outcome.reason else ["(none that the tables show)"]
