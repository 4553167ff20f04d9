"""PLIC: the platform-level interrupt controller, from device wires to the hart's two inputs.

Addresses and 3-bit priorities as on QEMU's `virt`; one hart, hence two contexts::

    offset
    0x000000 + 4*s         priority of source s, 1..96 (0: never interrupts)
    0x001000 + 4*(s/32)    pending, one bit a source (read only)
    0x002000 + 0x80*c      enable bits of context c (0: hart 0 in M-mode, 1: in S-mode)
    0x200000 + 0x1000*c    threshold of c: only higher priorities interrupt
    0x200004 + 0x1000*c    read: claim the best pending source (0: none); write: complete it

A wire that goes high makes its source pending until it is claimed, even if the wire falls before.
From claim to completion the source is in service and its wire is not looked at; if it is high at
the completion, the source is pending again. That is the PLIC's specification; QEMU 7.2 forgets a
wire that stayed high, until the device next touches it.
"""

from collections.abc import Callable, Sequence

from . import InterruptLine, State

SOURCES = 96
CONTEXTS = 2
PRIORITY_MASK = 7
PENDING, ENABLE, CONTEXT = 0x1000, 0x2000, 0x200000
WORDS = SOURCES // 32 + 1
VALID = (1 << SOURCES + 1) - 2  # source 0 does not exist


class Plic:
    """Platform-level interrupt controller.

    Parameters
    ----------
    targets : sequence of two callables
        Set mip.MEIP and the external part of mip.SEIP.
    """

    name = "plic"
    size = 0x600000
    widths = (4,)

    def __init__(self, targets: Sequence[InterruptLine]):
        self._targets = tuple(targets)
        self._clear()

    def _clear(self) -> None:
        self._levels = 0  # one bit a source, here and below
        self._pending = 0
        self._serving = 0
        self._priority = [0] * (SOURCES + 1)
        self._enable = [0] * CONTEXTS
        self._threshold = [0] * CONTEXTS

    def reset(self) -> None:
        """Nothing enabled, nothing claimed, every wire low (devices raise theirs again)."""
        self._clear()
        self._update()

    def line(self, source: int) -> InterruptLine:
        """Return the wire of one source, for the device that drives it."""
        if not 1 <= source <= SOURCES:
            raise ValueError(f"source is {source}; a PLIC source is 1 to {SOURCES}")
        return self._wire(1 << source)

    def _wire(self, bit: int) -> Callable[[bool], None]:
        def set_level(level: bool) -> None:
            if bool(self._levels & bit) == level:
                return
            self._levels ^= bit
            if level and not self._serving & bit:
                self._pending |= bit
                self._update()

        return set_level

    def _best(self, context: int) -> int:
        """Source that a claim would get: the highest priority, then the lowest number."""
        ready = self._pending & self._enable[context]
        best, best_priority = 0, self._threshold[context]
        while ready:
            source = (ready & -ready).bit_length() - 1
            ready &= ready - 1
            if self._priority[source] > best_priority:
                best, best_priority = source, self._priority[source]
        return best

    def _update(self) -> None:
        for context, set_level in enumerate(self._targets):
            set_level(self._best(context) != 0)

    def _claim(self, context: int) -> int:
        source = self._best(context)
        if source:
            self._pending &= ~(1 << source)
            self._serving |= 1 << source
            self._update()
        return source

    def _complete(self, source: int) -> None:
        if 1 <= source <= SOURCES and self._serving >> source & 1:
            self._serving &= ~(1 << source)
            self._pending |= self._levels & 1 << source
            self._update()

    def read(self, offset: int, width: int) -> int:
        """Return a register; reading a claim register claims."""
        if offset < 4 * (SOURCES + 1):
            return self._priority[offset // 4]
        if PENDING <= offset < PENDING + 4 * WORDS:
            return self._pending >> 8 * (offset - PENDING) & 0xFFFF_FFFF
        context, register = divmod(offset - ENABLE, 0x80)
        if 0 <= context < CONTEXTS and register < 4 * WORDS:
            return self._enable[context] >> 8 * register & 0xFFFF_FFFF
        context, register = divmod(offset - CONTEXT, 0x1000)
        if 0 <= context < CONTEXTS:
            if register == 0:
                return self._threshold[context]
            if register == 4:
                return self._claim(context)
        return 0

    def write(self, offset: int, width: int, value: int) -> None:
        """Set a register; writing a claim register completes the source named."""
        context, register = divmod(offset - CONTEXT, 0x1000)
        if 0 <= context < CONTEXTS:
            if register == 4:
                self._complete(value)
                return
            if register == 0:
                self._threshold[context] = value & PRIORITY_MASK
        elif 4 <= offset < 4 * (SOURCES + 1):
            self._priority[offset // 4] = value & PRIORITY_MASK
        else:
            context, register = divmod(offset - ENABLE, 0x80)
            if 0 <= context < CONTEXTS and register < 4 * WORDS:
                word = 0xFFFF_FFFF << 8 * register
                enable = self._enable[context] & ~word | value << 8 * register & word
                self._enable[context] = enable & VALID
        self._update()

    def state(self) -> State:
        """Wires, what is pending or in service, and every register."""
        return {
            "levels": self._levels,
            "pending": self._pending,
            "serving": self._serving,
            "priority": list(self._priority),
            "enable": list(self._enable),
            "threshold": list(self._threshold),
        }

    def load_state(self, state: State) -> None:
        """Set all that, and the hart's inputs by it."""
        for field, length in (
            ("priority", SOURCES + 1),
            ("enable", CONTEXTS),
            ("threshold", CONTEXTS),
        ):
            if len(state[field]) != length:
                raise ValueError(f"plic.{field} has {len(state[field])} entries; it takes {length}")
        self._levels = int(state["levels"]) & VALID
        self._pending = int(state["pending"]) & VALID
        self._serving = int(state["serving"]) & VALID
        self._priority = [int(value) & PRIORITY_MASK for value in state["priority"]]
        self._enable = [int(value) & VALID for value in state["enable"]]
        self._threshold = [int(value) & PRIORITY_MASK for value in state["threshold"]]
        self._update()
