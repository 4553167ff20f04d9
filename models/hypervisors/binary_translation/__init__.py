"""Binary translation: the guest's kernel is not executed as it is, but rewritten first.

On a machine with holes an instruction that should trap does not, and trap-and-emulate never gets to
know of it. Here the kernel's code, in virtual S- and M-mode, is translated when execution first
comes to it, block by block, into code in a cache in the board's RAM, in which no sensitive
instruction is left: a call to the hypervisor stands in its place. The user's code is executed
directly. All of it runs in U-mode of the board's hart.

On this board a call costs an exit, as a trap does; elsewhere it is a jump, and much less than one.
So the translator learns from exits, and translates once more

- what calls again and again, into code that does without (see `state`);
- a load or store that traps again and again, because it writes page tables or is for a device, into
  a call that does not trap. If its accesses become ordinary ones, it is put back.

What it relies on: ebreak traps, and so does the word 0; page faults (see `shadow_paging`); calls
from U-mode; the machine timer. What a guest can tell: its user code, where the machine has holes,
reads the physical registers; code that jumps into the middle of one of its own instructions, and
there has a sensitive one, meets the holes; and, once registers are inlined, a kernel that reads or
writes the last page of its address space without having mapped it finds them there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.hypervisors.binary_translation.page import LONGEST_LOOP, Rule, TranslatedPage
from models.hypervisors.binary_translation.paging import TranslatedPaging
from models.hypervisors.exits import Exit
from models.hypervisors.host import OutOfFrames
from models.hypervisors.trap_and_emulate import TrapAndEmulate
from models.machine.decode import Decoded, decode
from models.machine.memory import PAGE
from models.machine.paging import R, W
from models.machine.semantics import M64
from models.machine.traps import USER, Trap

if TYPE_CHECKING:
    from models.hypervisors.vm import Vm

#: After so many calls or traps from one place it is translated again.
HOT = 8
#: Why a load or store traps however often it is tried.
TRACED = frozenset({"table-write", "device"})


class BinaryTranslation(TrapAndEmulate):
    """The engine "binary-translation".

    Parameters
    ----------
    vm
        Whose guest it runs.
    rule
        Tells which instructions are replaced; by default all that are sensitive. With less than
        that, a machine with holes shows through.
    """

    name = "binary-translation"
    paging: TranslatedPaging

    def __init__(self, vm: Vm, rule: Rule | None = None):
        super().__init__(vm)
        self.watcher = self.paging = TranslatedPaging(vm, rule)

    def _enter(self) -> Exit:
        """Run the guest; its kernel finds registers in memory."""
        if self._hart.csrs.mode == USER:
            return super()._enter()
        self.paging.state.load()
        exit_ = super()._enter()
        self.paging.state.store()
        return exit_

    def _handle(self, exit_: Exit) -> None:
        """Do for the guest what the exit asks for."""
        called = exit_.cause in ("illegal-instruction", "breakpoint")
        if self._hart.csrs.mode == USER or not called:
            super()._handle(exit_)
            return
        pc = exit_.pc & M64
        page, offset = self.paging.code_at(pc), pc % PAGE
        unseen = page if page and offset not in page.lengths else None
        if unseen and self.paging.translate(unseen, offset):
            self._vcpu.exits("translation")
            return
        try:
            word = self._hart.mmu.fetch(pc)
        except Trap:
            self._vcpu.exits("exception")
            self._vcpu.emulate()
            return
        decoded = decode(word)
        if page is not None and decoded and offset in page.traced:
            self._access(page, offset, decoded)
            return
        if decoded and decoded.base.kind == "lr":
            self._up_to_conditional()
            return
        if page is not None:
            self._learn(page, offset, word)
        self._privileged(word)

    def _up_to_conditional(self) -> None:
        """Carry out an LR, and what follows up to its SC: the virtual hart has the reservation."""
        vcpu, hart = self._vcpu, self._hart
        vcpu.exits("exception")
        vcpu.emulate()
        for _ in range(LONGEST_LOOP):
            if hart.reservation is None or hart.attention or vcpu.fuel[0] <= 0:
                break
            vcpu.emulate()

    def _fault(self, address: int, access: int) -> str:
        """See `TrapAndEmulate`; what faults too often for a table or a device is traced."""
        pc, mode = self._hart.pc & M64, self._hart.csrs.mode
        reason = super()._fault(address, access)
        page = None if mode == USER or reason not in TRACED else self.paging.code_at(pc)
        offset = pc % PAGE
        decoded = page and offset in page.lengths and decode(page.word(offset) or 0)
        if page is not None and decoded and decoded.base.kind in ("load", "store"):
            page.hits[offset] += 1
            if page.hits[offset] == HOT:
                page.trace(offset)
        return reason

    def _access(self, page: TranslatedPage, offset: int, decoded: Decoded) -> None:
        """Carry out a load or store that is traced."""
        address = self._hart.x[decoded.rs1] + decoded.imm & M64
        reason = self.paging.fault(address, W if decoded.base.kind == "store" else R)
        self._vcpu.exits(f"{reason}-call")
        if reason not in TRACED:
            page.hits[offset] -= 1
            if not page.hits[offset]:
                page.untrace(offset)
        self._vcpu.emulate()

    def _learn(self, page: TranslatedPage, offset: int, word: int) -> None:
        """Translate again what calls too often."""
        page.hits[offset] += 1
        if page.hits[offset] != HOT or not self.paging.inlining or page.lengths.get(offset) != 4:
            return
        decoded = decode(word)
        try:
            better = decoded and self.paging.state.replacement(decoded, self._hart.csrs.mode)
        except OutOfFrames:
            return
        if better:
            page.inline(offset, better)
