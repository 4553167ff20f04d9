"""The third tier: WebAssembly, made from the same instruction table.

Cold code runs in an interpreter (`interpreter`), what is hot is compiled a page at a time
(`region`). Both work on memory that they share with Python (`layout`) and never call Python: what
they cannot do they return for, before it has happened, and the hart's stepper does it. So the
answers, counts and time at every limit are those of the other tiers.
"""

from __future__ import annotations

from models.machine.hart import Hart
from models.machine.memory import PAGE
from models.machine.tiers import run_stepper
from models.machine.tiers.webassembly.csrs import Rules
from models.machine.tiers.webassembly.frame import HOT
from models.machine.tiers.webassembly.host import Host, make_host, missing
from models.machine.tiers.webassembly.interpreter import interpreter
from models.machine.tiers.webassembly.layout import COLD, ENTRY, INTO, OUT, Layout
from models.machine.tiers.webassembly.records import Records
from models.machine.tiers.webassembly.region import region, seeds
from models.machine.tiers.webassembly.tables import Tables
from models.machine.tiers.webassembly.translate import translate

__all__ = ["Memory", "WebAssembly", "missing"]

#: Slices shorter than this are stepped: going in and out costs as much (measured).
SHORT = 4
#: A region takes in the targets that were reached this part of `hot`.
WARM = 16
#: A page is compiled so often, with what has become hot since; then the rest stays interpreted.
MOST_COMPILED = 8
#: Functions that a board compiles in its life: wasmtime keeps each until the board goes, and allows
#: 10,000. After that, code is interpreted.
MOST_FUNCTIONS = 9_000


class Memory:
    """A host and its memory: `ram` is the factory that `Ram` asks for its buffer.

    Parameters
    ----------
    ram_size
        Bytes of RAM.
    tlb_entries
        The fast tables have as many entries if they can, so that no page of the modelled TLB is
        displaced in them by another.
    """

    records = 2048

    def __init__(self, ram_size: int, tlb_entries: int):
        self.layout = Layout(ram_size, min(max(1024, tlb_entries), 4096), self.records)
        self.host: Host = make_host(self.layout.size)

    def ram(self, size: int) -> memoryview:
        """Return the buffer for RAM."""
        return self.host.memory[self.layout.ram : self.layout.ram + size]


class WebAssembly:
    """Runs one hart.

    Parameters
    ----------
    hart, memory
        The hart, whose RAM lies in this memory.
    hot
        A jump's target is compiled when it has been reached so often.

    Attributes
    ----------
    records
        What is known of the pages of code.
    exits, compiled
        How often it came back to Python; functions that it compiled.
    """

    def __init__(self, hart: Hart, memory: Memory, hot: int):
        self.hart, self._memory, self._hot = hart, memory.host.memory, hot
        where, base = memory.layout, memory.host.base
        self._layout, self._base, self._host = where, base, memory.host
        hart.mmu.forget()
        hart.mmu.contexts.tables = Tables(self._memory, where, base)
        hart.mmu.switch()
        self.records = Records(hart.mmu, self._memory, where, base)
        self._rules = Rules(hart.csrs, hart.clock)
        self.exits = self.compiled = 0
        self._enter = memory.host.function(interpreter(where.slots, base, hot))

    def run(self) -> None:
        """Run until the slice is used up or the hart wants attention."""
        hart = self.hart
        fuel = hart.clock.fuel
        if fuel[0] < SHORT:
            run_stepper(hart)
            return
        self._rules.give(self._memory)
        while fuel[0] > 0 and not hart.attention:
            status = self._go()
            if status == HOT:
                self._compile(hart.pc)
            elif fuel[0] > 0:
                hart.step()
            if self.records.full:
                self.records.clear()
                hart.mmu.forget()
                hart.mmu.switch()

    def _go(self) -> int:
        """Run in WebAssembly; return why it came back."""
        hart, memory = self.hart, self._memory
        mmu, fuel, reserved = hart.mmu, hart.clock.fuel, hart.reservation
        address, value = reserved or (0, 0)
        data, status = mmu.data, self._rules.status()
        INTO.pack_into(
            memory,
            0,
            *hart.x,
            hart.pc,
            fuel[0],
            reserved is not None,
            address,
            value,
            status,
            data.loads.address,  # type: ignore[attr-defined]
            data.stores.address,  # type: ignore[attr-defined]
            mmu.fetches.fetches.address,  # type: ignore[attr-defined]
        )
        why = self._enter()
        self.exits += 1
        out = OUT.unpack_from(memory)
        hart.x[:] = out[:33]
        hart.pc, fuel[0], valid, address, value, changed = out[33:]
        hart.reservation = (address, value) if valid else None
        if changed != status:
            self._rules.change(changed ^ status)
        return why

    def _compile(self, pc: int) -> None:
        """Compile the hot code of a page, with what was compiled of it before."""
        record = self.records.at(pc)
        if record is None or record.compiled == MOST_COMPILED or self.records.full:
            return
        if self.compiled == MOST_FUNCTIONS:
            return
        ram = self.hart.bus.ram
        delta = record.frame - ram.base - record.page
        states = record.states
        warm = {pc, *seeds(states, record.page, max(1, self._hot // WARM))}
        found = region(ram, delta, record.page, states, warm)
        if not found.blocks:
            return
        covered = bytearray(PAGE // 2)
        for block in found.blocks:
            for at, d in block.steps:
                start = at - record.page >> 1
                covered[start : start + d.length // 2] = b"\1" * (d.length // 2)
        function = self.records.take(record, covered)
        if not function:
            return
        self.compiled += 1
        place = self._base + record.place
        self._host.install(translate(found, place, self._layout.slots, self._base), function)
        entries = set(found.entries)
        for n, state in enumerate(states):
            if state >= ENTRY:  # a block of the page's last function
                states[n] = COLD
        for n, block in enumerate(found.blocks):
            states[block.pc - record.page >> 1] = ENTRY + n if n in entries else COLD
