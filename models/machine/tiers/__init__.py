"""Execution tiers: the same instructions, faster.

A tier makes *code* (see `codecache`) for the common instructions and runs it; what code cannot do
(a miss, a fault, a device, a CSR) it hands back, before that instruction has done anything, and
the hart's stepper does it. So every tier has the same answers, counts and time at every limit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from models.machine.semantics import M64
from models.machine.traps import Trap

if TYPE_CHECKING:
    from models.machine.codecache import CodeCache, CodePage
    from models.machine.hart import Hart

#: Makes code for an address; code that returns it odd where its instruction is for the stepper.
Build = Callable[["CodePage", int], None]


def run_stepper(hart: Hart) -> None:
    """Run until the slice is used up or the hart wants attention: one instruction at a time."""
    fuel = hart.clock.fuel
    while fuel[0] > 0 and not hart.attention:
        hart.step()


def run_code(hart: Hart, cache: CodeCache, build: Build) -> None:
    """Run until the slice is used up or the hart wants attention: through cached code."""
    fuel, mmu = hart.clock.fuel, hart.mmu
    while fuel[0] > 0 and not hart.attention:
        context, data, pc = mmu.fetches, mmu.data, hart.pc
        code, loads, stores = context.code, data.loads, data.stores
        try:
            while True:
                pc = code[pc](loads, stores, fuel)
        except KeyError:
            hart.pc = pc & -2
        if pc & 1:  # a miss, a fault, a device, or a block longer than the fuel
            if fuel[0] > 0:
                hart.step()
            continue
        if fuel[0] <= 0:
            break
        code_page = cache.page(context, pc)
        if code_page is None:  # not in the TLB: fetch, which brings its code back
            try:
                mmu.fetch_half(pc & M64)
            except Trap as trap:
                hart.exception(trap)
                continue
            code_page = cache.page(context, pc)
            if pc in code:
                continue
        if code_page is None:
            hart.step()
        elif pc not in code_page.seen:
            code_page.seen.add(pc)
            hart.step()
        else:
            build(code_page, pc)
