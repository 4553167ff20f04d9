"""UART 16550A: the console, as QEMU's model behaves as far as software can see.

::

    offset  read               write              (LCR.DLAB = 1)
    0       RBR  received byte  THR  byte to send  DLL  divisor, low byte
    1       IER  interrupt enable: 1 received, 2 THR empty, 4 line, 8 modem    DLM  high byte
    2       IIR  cause          FCR  1 FIFOs on, 2 clear received, 4 clear sent, 6..7 trigger
    3       LCR  bit 7 is DLAB
    4       MCR  bit 4: loop back (what is sent is received)
    5       LSR  1 data ready, 2 overrun, 0x20 THR empty, 0x40 all sent
    6       MSR  modem lines
    7       SCR  scratch

Sending takes no time. What the world sends waits on the wire until the guest is ready for it: it
takes interrupts for received bytes, or looks at LSR twice in a row. So nothing overruns the FIFO,
and nothing is lost on drivers that clear FIFOs, LSR and RBR while they come up (as OpenSBI, U-Boot
and Linux do one after the other): the same input gives the same run, however late it is read.
"""

from collections import deque
from collections.abc import Callable

from . import Clock, InterruptLine, State

IER_RECEIVED, IER_SENT, IER_LINE, IER_MODEM = 1, 2, 4, 8
IIR_NONE, IIR_SENT, IIR_RECEIVED, IIR_LINE, IIR_TIMEOUT, IIR_FIFO = 1, 2, 4, 6, 12, 0xC0
FCR_ENABLE, FCR_CLEAR_RECEIVED, FCR_CLEAR_SENT = 1, 2, 4
LCR_DLAB, MCR_LOOP = 0x80, 0x10
LSR_READY, LSR_OVERRUN, LSR_EMPTY, LSR_IDLE = 0x01, 0x02, 0x20, 0x40
MSR_LINES, MSR_CHANGES = 0xB0, 0x0F
FIFO = 16
TRIGGERS = (1, 4, 8, 14)
# A driver that waits for more than the trigger level gets told of fewer after a pause of about
# four characters; in ticks it only has to be short and fixed.
TIMEOUT_TICKS = 32


class Uart:
    """UART with FIFOs, one interrupt line, and the world at the other end of its wire.

    Parameters
    ----------
    transmit : callable
        Takes each byte sent.
    line : callable
        The interrupt wire.
    clock : Clock
        For the pause after which a few waiting bytes interrupt.
    """

    name = "uart"
    size = 8
    widths = (1, 2, 4, 8)  # each reaches one register, as on QEMU

    def __init__(self, transmit: Callable[[int], None], line: InterruptLine, clock: Clock):
        self._transmit, self._line, self._clock = transmit, line, clock
        self._wire: deque[int] = deque()
        #: Called when the guest looks for input and there is none, not even on its way.
        self.on_empty_poll: Callable[[], None] | None = None
        self._power_on()

    def _power_on(self) -> None:
        self._looped: deque[int] = deque()
        self._arrived, self._looked = 0, False
        self._divisor, self._ier, self._fcr, self._lcr, self._mcr = 12, 0, 0, 0, 8
        self._scratch, self._overrun = 0, False
        self._holding = 0  # without FIFOs, RBR keeps its byte after it is read
        self._sent_pending = self._timeout_pending = False
        self._pause_ends: int | None = None

    def reset(self) -> None:
        """Power-on values; what waits on the wire still waits."""
        self._power_on()
        self._await_more()
        self._update()

    def feed(self, data: bytes) -> None:
        """Put bytes on the wire towards the guest."""
        self._wire.extend(data)
        self._arrive(ready=False)
        self._await_more()
        self._update()

    # -- receiving ------------------------------------------------------------------------

    @property
    def waiting(self) -> int:
        """How many bytes are there for the guest to read."""
        return len(self._looped) + (0 if self._mcr & MCR_LOOP else self._arrived)

    def _arrive(self, ready: bool) -> None:
        """Let bytes in from the wire, if the guest is ready for them or takes interrupts."""
        if (ready or self._ier & IER_RECEIVED) and not self._mcr & MCR_LOOP:
            self._arrived = min(len(self._wire), self._capacity)

    @property
    def _capacity(self) -> int:
        return FIFO if self._fcr & FCR_ENABLE else 1

    def _receive(self, byte: int) -> None:
        """Take one byte that came round the loop, where the FIFO (or register) can overrun."""
        if self._fcr & FCR_ENABLE:
            self._overrun |= len(self._looped) == FIFO
            if len(self._looped) < FIFO:
                self._looped.append(byte)
        else:
            self._overrun |= bool(self._looped)
            self._looped, self._holding = deque([byte]), byte
        self._await_more()

    def _await_more(self) -> None:
        """Start the pause after which fewer bytes than the trigger level interrupt."""
        pausing = self._fcr & FCR_ENABLE and self._ier & IER_RECEIVED and self.waiting
        self._pause_ends = self._clock.now() + TIMEOUT_TICKS if pausing else None
        self._clock.schedule(self._pause_ends, self._pause_over)

    def _pause_over(self) -> None:
        self._pause_ends = None
        self._timeout_pending = self.waiting > 0
        self._update()

    # -- interrupts -----------------------------------------------------------------------

    def _cause(self) -> int:
        if self._ier & IER_LINE and self._overrun:
            return IIR_LINE
        if self._ier & IER_RECEIVED:
            if self._timeout_pending:
                return IIR_TIMEOUT
            trigger = TRIGGERS[self._fcr >> 6] if self._fcr & FCR_ENABLE else 1
            if self.waiting >= trigger:
                return IIR_RECEIVED
        if self._ier & IER_SENT and self._sent_pending:
            return IIR_SENT
        return IIR_NONE

    def _update(self) -> None:
        self._line(self._cause() != IIR_NONE)

    # -- registers ------------------------------------------------------------------------

    def read(self, offset: int, width: int) -> int:
        """Return the register at `offset`."""
        return (self._read_0, self._read_1, self._read_iir, lambda: self._lcr,
                lambda: self._mcr, self._read_lsr, self._read_msr,
                lambda: self._scratch)[offset]()  # fmt: skip

    def _read_0(self) -> int:
        if self._lcr & LCR_DLAB:
            return self._divisor & 0xFF
        self._timeout_pending = False
        byte = 0 if self._fcr & FCR_ENABLE else self._holding
        if self._looped:
            byte = self._looped.popleft()
        elif self.waiting:
            byte = self._holding = self._wire.popleft()
            self._arrived -= 1
        self._looked = False
        self._arrive(ready=False)
        self._await_more()
        self._update()
        return byte

    def _read_1(self) -> int:
        return self._divisor >> 8 if self._lcr & LCR_DLAB else self._ier

    def _read_iir(self) -> int:
        cause = self._cause()
        if cause == IIR_SENT:
            self._sent_pending = False
            self._update()
        return cause | (IIR_FIFO if self._fcr & FCR_ENABLE else 0)

    def _read_lsr(self) -> int:
        if not self._arrived:
            self._arrive(ready=self._looked)
        self._looked = True
        ready = LSR_READY if self.waiting else 0
        if self.on_empty_poll is not None and not ready and not self._wire:
            self.on_empty_poll()
        overrun = LSR_OVERRUN if self._overrun else 0
        if self._overrun:
            self._overrun = False
            self._update()
        return LSR_EMPTY | LSR_IDLE | ready | overrun

    def _read_msr(self) -> int:
        if self._mcr & MCR_LOOP:  # the outputs DTR, RTS, OUT1, OUT2 come back as inputs
            mcr = self._mcr
            return (mcr & 0x0C) << 4 | (mcr & 0x02) << 3 | (mcr & 0x01) << 5
        return MSR_LINES

    def write(self, offset: int, width: int, value: int) -> None:
        """Set the register at `offset`."""
        value &= 0xFF
        if offset == 0:
            self._write_0(value)
        elif offset == 1:
            self._write_1(value)
        elif offset == 2:
            self._write_fcr(value)
        elif offset == 3:
            self._lcr = value
        elif offset == 4:
            self._mcr = value & 0x1F
            self._arrive(ready=False)
            self._await_more()
            self._update()
        elif offset == 7:
            self._scratch = value

    def _write_0(self, value: int) -> None:
        if self._lcr & LCR_DLAB:
            self._divisor = self._divisor & 0xFF00 | value
            return
        if self._mcr & MCR_LOOP:
            self._receive(value)
        else:
            self._transmit(value)
        self._sent_pending = True
        self._update()

    def _write_1(self, value: int) -> None:
        if self._lcr & LCR_DLAB:
            self._divisor = self._divisor & 0xFF | value << 8
            return
        changed, self._ier = self._ier ^ value & 0x0F, value & 0x0F
        self._arrive(ready=False)
        if changed & IER_SENT:  # switched on while THR is empty (it always is): interrupt at once
            self._sent_pending = bool(self._ier & IER_SENT)
        self._await_more()
        self._update()

    def _write_fcr(self, value: int) -> None:
        if (value ^ self._fcr) & FCR_ENABLE:
            value |= FCR_CLEAR_RECEIVED | FCR_CLEAR_SENT
        if value & FCR_CLEAR_RECEIVED:
            self._looped.clear()
            self._arrived = 0  # back on the wire
            self._timeout_pending = False
        if value & FCR_CLEAR_SENT:
            self._sent_pending = True
        self._fcr = value & 0xC9
        self._arrive(ready=False)
        self._await_more()
        self._update()

    # -- snapshots ------------------------------------------------------------------------

    _REGISTERS = ("divisor", "ier", "fcr", "lcr", "mcr", "scratch", "holding", "arrived")
    _FLAGS = ("looked", "overrun", "sent_pending", "timeout_pending")

    def state(self) -> State:
        """Registers, FIFO and what waits on the wire."""
        fields = {name: getattr(self, f"_{name}") for name in self._REGISTERS + self._FLAGS}
        queues = {"looped": bytes(self._looped), "wire": bytes(self._wire)}
        return fields | queues | {"pause_ends": self._pause_ends}

    def load_state(self, state: State) -> None:
        """Set registers, FIFO, what waits on the wire, and the interrupt line."""
        if len(state["looped"]) > FIFO:
            raise ValueError(f"uart.looped has {len(state['looped'])} bytes; it takes {FIFO}")
        for name in self._REGISTERS:
            mask = 0xFFFF if name == "divisor" else 0xFF
            setattr(self, f"_{name}", int(state[name]) & mask)
        for name in self._FLAGS:
            setattr(self, f"_{name}", bool(state[name]))
        self._looped, self._wire = deque(state["looped"]), deque(state["wire"])
        self._arrived = min(self._arrived, len(self._wire))
        ends = state["pause_ends"]
        self._pause_ends = None if ends is None else int(ends)
        self._clock.schedule(self._pause_ends, self._pause_over)
        self._update()
