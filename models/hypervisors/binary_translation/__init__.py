"""Binary translation: the guest's kernel is not executed as it is, but rewritten first.

On a machine with holes an instruction that should trap does not, and trap-and-emulate never gets to
know of it. Here the kernel's code, in virtual S- and M-mode, is translated when execution first
comes to it, block by block, into code in a cache in the board's RAM, in which no sensitive
instruction is left: a call to the hypervisor stands in its place. The user's code is executed
directly. All of it runs in U-mode of the board's hart.

A call costs an exit, as a trap does. What calls again and again is translated once more, into code
that does without (see `state`): the translator learns from exits.

What it relies on: ebreak traps, and so does the word 0; page faults (see `shadow_paging`); calls
from U-mode; the machine timer. What a guest can tell: its user code, where the machine has holes,
reads the physical registers; code that jumps into the middle of one of its own instructions, and
there has a sensitive one, meets the holes; and, once registers are inlined, a kernel that reads or
writes the last page of its address space without having mapped it finds them there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.hypervisors.binary_translation.page import TranslatedPage
from models.hypervisors.binary_translation.paging import TranslatedPaging
from models.hypervisors.exits import Exit
from models.hypervisors.host import OutOfFrames
from models.hypervisors.trap_and_emulate import TrapAndEmulate
from models.machine.decode import decode
from models.machine.memory import PAGE
from models.machine.semantics import M64
from models.machine.traps import Mode, Trap

if TYPE_CHECKING:
    from models.hypervisors.vm import Vm

#: After so many calls from one place it is translated again.
HOT = 8


class BinaryTranslation(TrapAndEmulate):
    """The engine "binary-translation".

    Parameters
    ----------
    vm
        Whose guest it runs.
    """

    name = "binary-translation"
    paging: TranslatedPaging

    def __init__(self, vm: Vm):
        super().__init__(vm)
        self.watcher = self.paging = TranslatedPaging(vm)

    def _enter(self) -> Exit:
        """Run the guest; its kernel finds registers in memory."""
        if self._hart.csrs.mode == Mode.U:
            return super()._enter()
        self.paging.state.load()
        exit_ = super()._enter()
        self.paging.state.store()
        return exit_

    def _handle(self, exit_: Exit) -> None:
        """Do for the guest what the exit asks for."""
        called = exit_.cause in ("illegal-instruction", "breakpoint")
        if self._hart.csrs.mode == Mode.U or not called:
            super()._handle(exit_)
            return
        pc = exit_.pc & M64
        page = self.paging.code_at(pc)
        if page is not None and self.paging.translate(page, pc % PAGE):
            self._vcpu.exits("translation")
            return
        try:
            word = self._hart.mmu.fetch(pc)
        except Trap:
            self._vcpu.exits("exception")
            self._vcpu.emulate()
            return
        if page is not None:
            self._learn(page, pc % PAGE, word)
        self._privileged(word)

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
