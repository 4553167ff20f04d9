"""The hart: registers, modes, traps and interrupts, and a plain stepper.

`step` is the definition of what an instruction does: one at a time, straight from the table. The
tiers run the common instructions faster and leave everything else to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from models.events import Counters
from models.machine import traps
from models.machine.clock import Clock
from models.machine.csr import TABLE, Csrs
from models.machine.decode import decode
from models.machine.instructions import Instructions
from models.machine.isa import BY_NAME
from models.machine.memory import Bus
from models.machine.mmu import Mmu
from models.machine.pmp import Pmp
from models.machine.semantics import M64, s64
from models.machine.trap_entry import TrapEntry
from models.machine.traps import (
    MACHINE,
    MODE_NAMES,
    Illegal,
    Mode,
    Trap,
    VirtualInstruction,
)

#: Of the H extension none: the holes were there before it.
HOLES = tuple(
    row.name for row in BY_NAME.values() if row.privilege and row.extension != "H"
) + tuple(name for number, (name, _) in TABLE.items() if number >> 8 & 3)


class Hart(TrapEntry):
    """One hardware thread.

    Parameters
    ----------
    bus, clock, counters
        What it is wired to.
    tlb_entries, update
        See `Mmu`.
    holes
        Sensitive instructions and CSRs (see `HOLES`) that do not trap in U-mode: the instruction
        does nothing, the CSR is read but not written; what POPF and PUSHF were on x86 before VT.
    own_firmware
        M-mode is the book's firmware: counted under its own name, and time stands still in it.
    hypervisor
        The H extension is there.
    floats
        F and D are there.

    Attributes
    ----------
    x
        32 registers, signed, and one more where writes to x0 go.
    f
        32 floating-point registers, unsigned.
    pc
        Address of the next instruction, signed.
    attention
        Set when the run loop has to look: an interrupt may be pending, a deadline has moved,
        the hart waits or has stopped.
    waiting
        WFI was executed and nothing has woken the hart yet.
    """

    def __init__(
        self,
        bus: Bus,
        clock: Clock,
        counters: Counters,
        tlb_entries: int = 256,
        update: bool = True,
        holes: Iterable[str] = (),
        own_firmware: bool = False,
        hypervisor: bool = False,
        floats: bool = False,
    ):
        self.bus, self.clock, self.counters = bus, clock, counters
        self.holes, self.own_firmware = frozenset(holes), own_firmware
        if unknown := self.holes.difference(HOLES):
            some = ", ".join(HOLES[:10])
            raise ValueError(
                f"holes: {min(unknown)!r}, allowed are {some}, ..., every CSR of S and M"
            )
        self.csrs = Csrs(clock, Pmp(), hypervisor, floats)
        self.mmu = Mmu(self.csrs, bus, counters, tlb_entries, update)
        self.csrs.on_interrupts = self._attend
        self.csrs.on_translation = self._retranslate
        clock.on_change = self._attend
        self.x = [0] * 33
        self.f = [0] * 32
        self._names = MODE_NAMES | ({(1, 0): "HS"} if hypervisor else {})
        self._kinds = Instructions(self).kinds
        self.reset()

    def reset(self, pc: int = 0) -> None:
        """Power-on: M-mode, registers zero."""
        self.x[:] = [0] * 33
        self.f[:] = [0] * 32
        self.pc = s64(pc)
        self.attention = True
        self.waiting = False
        self.reservation: tuple[int, int] | None = None
        self._mark = 0  # clock position from which the present mode's instructions are uncounted
        self.csrs.reset()
        if self.own_firmware:
            self.clock.pause()
        self.mmu.reset()

    def _attend(self) -> None:
        self.attention = True

    def _retranslate(self, protection: bool) -> None:
        if protection:
            self.mmu.forget()
        self.mmu.switch()

    # ------------------------------------------------------------------ modes and traps
    def settle(self, extra: int = 0) -> None:
        """Count what the present mode has retired, up to now and `extra` instructions more."""
        position = self.clock.position + extra
        if position > self._mark:
            name = self._names[self.csrs.mode, self.csrs.virtual]
            name = "firmware" if self.clock.paused else name
            self.counters.count("retired", name, position - self._mark)
        self._mark = position

    @property
    def mode_name(self) -> str:
        """M, S or U; with the H extension S is HS, and a guest's modes are VS and VU."""
        return self._names[self.csrs.mode, self.csrs.virtual]

    def enter(self, mode: Mode, virtual: int = 0) -> None:
        """Change the mode (`settle` first)."""
        self.csrs.mode, self.csrs.virtual = mode, virtual
        self.reservation = None
        if self.own_firmware and self.clock.paused != (mode == MACHINE):
            if mode == MACHINE:
                self.clock.pause()
            else:
                self.clock.resume()
                self.clock.fuel[0] += 1  # for the return, which `step` has still to count down
            self._mark = self.clock.position + (mode != MACHINE)
        self.mmu.switch()
        self.attention = True

    # ------------------------------------------------------------------ the stepper
    def step(self, word: int = 0) -> None:
        """Execute the instruction at pc, or take the exception that it raises.

        `word` is that instruction if somebody has fetched it already; 0 is none.
        """
        pc = self.pc
        try:
            word = word or self.mmu.fetch(pc & M64)
            decoded = decode(word)
            if decoded is None:
                raise Illegal
            self.pc = self._kinds[decoded.base.kind](decoded, pc)
        except Trap as trap:
            self.exception(trap)
        except Illegal:
            self.exception(Trap(traps.ILLEGAL, word))
        except VirtualInstruction:
            self.exception(Trap(traps.VIRTUAL_INSTRUCTION, word))
        else:
            self.clock.fuel[0] -= 1

    def exception(self, trap: Trap) -> None:
        """Take an exception: an attempt that did not retire."""
        self.settle()
        self.clock.fuel[0] -= 1
        self._mark += 1
        self.csrs.exceptions += not self.clock.paused
        self.trap(trap.cause, trap.value, detail=trap.detail)

    # ------------------------------------------------------------------ snapshots
    def state(self) -> dict[str, object]:
        """Return all that a snapshot keeps, as plain data."""
        return {
            "x": self.x[:32],
            **({"f": self.f[:]} if self.csrs.floats else {}),
            "pc": self.pc,
            "waiting": self.waiting,
            "reservation": list(self.reservation) if self.reservation else [],
            "csrs": self.csrs.state(),
            "instruction_tlb": self.mmu.instruction_tlb.state(),
            "data_tlb": self.mmu.data_tlb.state(),
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Take back what `state` returned."""
        self.x[:32] = state["x"]
        self.f[:] = state.get("f", self.f)
        self.pc, self.waiting = state["pc"], state["waiting"]
        reservation = state["reservation"]
        self.reservation = (reservation[0], reservation[1]) if reservation else None
        self.attention = True
        self.csrs.load_state(state["csrs"])
        if self.own_firmware and self.csrs.mode == MACHINE:
            self.clock.pause()
        self._mark = self.clock.position
        self.mmu.instruction_tlb.load_state(state["instruction_tlb"])
        self.mmu.data_tlb.load_state(state["data_tlb"])
