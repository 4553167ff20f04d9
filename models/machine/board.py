"""The board: processor, memory and devices, and the loop that runs them.

QEMU's `virt` board in what software sees (see `layout` for the map).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from models.events import Counters
from models.machine.clock import NEVER, Clock
from models.machine.codecache import CodeCache, KeepsCode
from models.machine.hart import Hart
from models.machine.harts import Harts
from models.machine.memory import RAM_BASE, Bus, Ram
from models.machine.options import STANDARD, BoardOptions
from models.machine.tiers import run_code, run_stepper
from models.machine.tiers.closures import Closures
from models.machine.tiers.webassembly import Memory, WebAssembly, missing
from models.machine.traps import USER
from models.machine.wiring import Devices

__all__ = ["Board", "BoardOptions", "Stop"]

#: After so many runs translation pays (measured): a Python function takes 20 µs an instruction to
#: make and saves 60 ns a run, a WebAssembly one 60 µs, and saves 4 ns over its interpreter.
PYTHON_HOT, WASM_HOT = 200, 20_000
#: A hart may sleep through this many events that do not wake it before the run ends.
SLEEP_LIMIT = 10_000


@dataclass(frozen=True)
class Stop:
    """Why a run ended.

    Attributes
    ----------
    reason
        "limit": the number of instructions was reached (detail "firmware": the book's firmware
        does not return); "condition": what `until` waits for is there; "wfi": the hart waits and
        nothing is armed to wake it; "halt": the guest ended it.
    detail
        For "halt": "pass", "fail" or "reset"; for "condition" the text or "true".
    code
        For "halt": the guest's exit code.
    retired
        Instructions of this run, those that trapped included.
    """

    reason: str
    detail: str = ""
    code: int = 0
    retired: int = 0


class Board:
    """A machine to run software on.

    Parameters
    ----------
    options
        See `BoardOptions`.
    memory
        Makes the buffer of RAM of so many bytes (None: the tier's own choice). A virtual machine's
        RAM is a part of another board's.

    Attributes
    ----------
    tier
        How instructions are executed: "auto" decided.
    hart, ram, bus, clock, counters, devices
        Its parts; `hart` is the one that executes.
    harts
        Who takes turns; None with one hart.
    console_output
        What the guest has printed so far.
    """

    def __init__(
        self, options: BoardOptions = STANDARD, memory: Callable[[int], memoryview] | None = None
    ):
        self.options = options
        self.counters = Counters()
        self.clock = Clock(options.instructions_per_tick)
        self.tier = options.tier
        if options.tier == "auto":
            self.tier = "python" if missing() else "webassembly"
        self.shared = self._shared_memory()
        factory = memory or (self.shared.ram if self.shared else bytearray)
        self.ram = Ram(options.memory, factory=factory, fill=options.fill)
        self.bus = Bus(self.ram)
        self.bus.on_device = self._on_device
        self.hart = Hart(
            self.bus,
            self.clock,
            self.counters,
            options.tlb_entries,
            options.a_d_by_hardware,
            options.holes,
            options.own_firmware,
            options.hypervisor,
            options.floats,
        )
        self.console_output = bytearray()
        self._halted: tuple[str, int] | None = None
        self._text, self._seen_text = b"", False
        self.harts = Harts(self.hart, options.harts) if options.harts > 1 else None
        self.devices = Devices(options, self)
        self._assembly: WebAssembly | None = None
        self._run_slice = self._runner()

    def _shared_memory(self) -> Memory | None:
        """Return the memory of the WebAssembly tier, if that is the board's."""
        if self.tier != "webassembly":
            return None
        if why := missing():
            raise ValueError(f"tier is 'webassembly', which cannot be had: {why}")
        return Memory(self.options.memory, self.options.tlb_entries)

    def _runner(self) -> Callable[[], None]:
        """Return what runs a slice."""
        hart, hot = self.hart, self.options.hot
        if self.shared:
            self._assembly = WebAssembly(hart, self.shared, hot or WASM_HOT)
            self._keep(self._assembly.records)
            return self._assembly.run
        cache = CodeCache(hart.mmu)
        if self.tier == "step":
            self.code: KeepsCode = cache
            return lambda: run_stepper(hart)
        self._keep(cache)
        closures = Closures(hart, cache, threshold=hot or PYTHON_HOT)
        if self.tier != "closures":
            from models.machine.tiers.python_source import PythonSource

            closures.promote = PythonSource(hart, cache).translate
        return lambda: run_code(hart, cache, closures.build)

    def _keep(self, code: KeepsCode) -> None:
        self.code = self.hart.mmu.code = code
        self.ram.on_write = code.wrote

    def drive(self, run_slice: Callable[[], None], code: KeepsCode) -> Callable[[], None]:
        """Let something else execute the instructions: the engine of a virtual machine.

        Parameters
        ----------
        run_slice
            Runs until the fuel of the clock is used up or the hart wants attention.
        code
            Told of writes to memory, as a keeper of cached code is.

        Returns
        -------
        callable
            What executed them so far; it can go on doing so as long as `code` tells its keeper.
        """
        before, self._run_slice = self._run_slice, run_slice
        self._keep(code)
        return before

    @property
    def exits(self) -> int:
        """How often WebAssembly was left for Python: the tier's own affair, no event's count."""
        return self._assembly.exits if self._assembly else 0

    def reset(self) -> None:
        """Power off and on: RAM as `fill` says, every device and the hart as new."""
        self.clock.reset()
        self.ram.clear()
        self.code.clear()
        self.hart.reset(RAM_BASE)
        if self.harts is not None:
            self.harts.reset()
        self.devices.reset()
        self.counters.clear()
        self.console_output.clear()
        self._halted = None

    def load(self, data: bytes, address: int = RAM_BASE) -> None:
        """Copy bytes into RAM; ValueError if they do not fit."""
        if not self.ram.holds(address, len(data)):
            end = self.ram.base + self.ram.size
            raise ValueError(
                f"{len(data)} bytes at {address:#x} do not fit RAM, {self.ram.base:#x} to {end:#x}"
            )
        self.ram.write(address, data)

    # ------------------------------------------------------------------ what devices call
    def _on_device(self, name: str) -> None:
        self.counters.count("device_accesses", name)

    def transmit(self, byte: int) -> None:
        """Take a byte that the guest prints."""
        self.console_output.append(byte)
        if self._text and self.console_output.endswith(self._text):
            self._seen_text = self.hart.attention = True

    def halt(self, detail: str, code: int) -> None:
        """End the run after the present instruction."""
        self._halted = detail, code
        self.hart.attention = True

    def feed(self, data: bytes) -> None:
        """Give the guest console input."""
        self.devices.uart.feed(data)

    # ------------------------------------------------------------------ running
    def run(
        self,
        limit: int | None = None,
        until: str | Callable[[Board], bool] | None = None,
    ) -> Stop:
        """Run until something ends it.

        Parameters
        ----------
        limit
            At most so many instructions (those that trap count too).
        until
            A text that the guest prints from now on, or a function of the board that is asked
            after every instruction (which is slow).

        Raises
        ------
        ValueError
            For a limit below 0, or an empty text, which is never printed.
        """
        if limit is not None and limit < 0:
            raise ValueError(f"limit is {limit}, allowed are 0 and more instructions")
        if until == "":
            raise ValueError("until is an empty text, allowed is one that the guest can print")
        start = self.clock.count
        end = NEVER if limit is None else start + limit
        self._text, self._seen_text = (until.encode() if isinstance(until, str) else b""), False
        self._halted = None
        sleeps = 0
        hart, clock, harts = self.hart, self.clock, self.harts
        while True:
            hart.attention = False
            clock.fire()
            if self._halted is not None:
                return self._stop(start, "halt", *self._halted)
            if self._seen_text:
                return self._stop(start, "condition", str(until))
            if callable(until) and clock.count > start and until(self):
                return self._stop(start, "condition", "true")
            if clock.count >= end:
                return self._stop(start, "limit")
            if clock.paused and clock.fuel[0] <= 0:
                return self._stop(start, "limit", "firmware")
            if hart.waiting:
                hart.waiting = not hart.csrs.pending() & hart.csrs.mie
                if hart.waiting:
                    if harts is not None and harts.give_up():
                        continue
                    sleeps += 1
                    if sleeps > SLEEP_LIMIT or not clock.jump():
                        return self._stop(start, "wfi")
                    continue
            sleeps = 0
            if harts is not None:
                harts.turn()
            hart.interrupt()
            hart.attention = False
            slice_end = end if harts is None else min(end, harts.ends)
            clock.begin_slice(clock.count + 1 if callable(until) else slice_end)
            self._run_slice()

    def run_guest(self, end: int) -> str:
        """Run until a hypervisor takes over: the hart is in M-mode, or in HS-mode.

        The same as `run`, without what a guest of a hypervisor cannot do to its board.

        Parameters
        ----------
        end
            The clock's count at which it stops at the latest.

        Returns
        -------
        str
            What else ended it, "" if nothing: "halt", "wfi" or "limit", as in `Stop`.
        """
        hart, clock, csrs = self.hart, self.clock, self.hart.csrs
        self._halted = None
        while csrs.mode == USER or csrs.virtual:
            clock.fire()
            if hart.interrupt():
                continue
            if self._halted is not None:
                return "halt"
            if hart.waiting:
                return "wfi"
            hart.attention = False
            if not clock.begin_slice(end) and clock.count >= end:
                return "limit"
            self._run_slice()
        return ""

    def step(self) -> Stop:
        """Run one instruction."""
        return self.run(limit=1)

    def _stop(self, start: int, reason: str, detail: str = "", code: int = 0) -> Stop:
        self.hart.settle()
        return Stop(reason, detail, code, self.clock.count - start)

    # ------------------------------------------------------------------ snapshots
    def state(self) -> dict[str, Any]:
        """Return everything that the guest could tell apart, as plain data."""
        return {**self.state_beside_ram(), "ram": bytes(self.ram.bytes)}

    def state_beside_ram(self) -> dict[str, Any]:
        """Return what `state` does, without RAM, which may be large."""
        self.hart.settle()
        return {
            "clock": self.clock.state(),
            "hart": self.hart.state(),
            **({"harts": self.harts.state()} if self.harts is not None else {}),
            "devices": self.devices.state(),
            "counters": self.counters.to_json(),
            "console": bytes(self.console_output),
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Go back to what `state` returned, on a board of the same options."""
        self.reset()
        self.ram.bytes[:] = state["ram"]
        self.clock.load_state(state["clock"])
        self.hart.load_state(state["hart"])
        if self.harts is not None:
            self.harts.load_state(state["harts"])
        self.devices.load_state(state["devices"])
        self.console_output[:] = state["console"]
        for family, counts in Counters.from_json(state["counters"]).items():
            self.counters[family].clear()
            self.counters[family].update(counts)
