"""The two control registers that a kernel touches most: sstatus and time, without leaving.

A kernel closes and opens interrupts around everything that it shares with their handlers, and
reads the time as often. Together they were 40 % of what Debian's kernel left WebAssembly for, up
to its shell. Only what changes nothing but the register itself is done here: `Rules` says, for as
long as Python is not asked, what may be done, and all else is the stepper's.
"""

from __future__ import annotations

from struct import Struct

from models.machine.clock import Clock
from models.machine.csr import Csrs
from models.machine.csr_bits import SIE, SPIE, SPP, TIME_BIT
from models.machine.csr_names import NUMBERS
from models.machine.decode import Decoded, encode
from models.machine.isa import Instruction
from models.machine.semantics import s64
from models.machine.tiers.webassembly import encoder as w
from models.machine.tiers.webassembly.access import Accesses, Write
from models.machine.tiers.webassembly.expression import Environment
from models.machine.tiers.webassembly.layout import RULES, STATUS, TICK, TIME
from models.machine.traps import MACHINE, USER, Illegal, VirtualInstruction

SSTATUS, CLOCK = NUMBERS["sstatus"], NUMBERS["time"]
#: The word of RDTIME, but for rd.
READ_TIME = encode("csrrs", rd=0, csr=CLOCK, rs1=0)
#: What may change here: bits that neither translation nor floating point look at.
PLAIN = SIE | SPIE | SPP
#: Bits of the rules: sstatus may be touched; interrupts may be opened (the bit of SIE itself);
#: the time may be read.
MAY_TOUCH, MAY_OPEN, MAY_READ_TIME = 1, SIE, 4
_RULES = Struct("<IqQ")


class Rules:
    """What may be done here until Python changes a register.

    Nothing becomes pending meanwhile: devices act in Python, and a slice ends where a timer is due.
    In a guest sstatus is vsstatus, and the time the guest's.

    Parameters
    ----------
    csrs, clock
        Of the hart.
    """

    def __init__(self, csrs: Csrs, clock: Clock):
        self._csrs, self._clock = csrs, clock
        self._asked: tuple[int, ...] = ()
        self._answer = False

    def give(self, memory: memoryview) -> None:
        """Write the rules now in force to the shared memory."""
        csrs, clock = self._csrs, self._clock
        given = 0
        if csrs.mode != USER:
            given = MAY_TOUCH if csrs.pending() & csrs.mie else MAY_TOUCH | MAY_OPEN
        offset = 0
        if (csrs.mcounteren & TIME_BIT or csrs.mode == MACHINE) and self._may_read_time():
            offset = clock.now_at_no_fuel
            if csrs.virtual:
                offset += s64(csrs.htimedelta) * clock.instructions_per_tick
            if not clock.paused and 0 <= offset < 1 << 63:
                given |= MAY_READ_TIME
            else:
                offset = 0
        _RULES.pack_into(memory, RULES, given, offset, clock.instructions_per_tick)

    def _may_read_time(self) -> bool:
        """Tell whether the mode may; kept, since it changes rarely and this is asked often."""
        csrs = self._csrs
        granted = csrs.hcounteren if csrs.virtual else -1  # no register's value
        asked = csrs.mode, csrs.mcounteren, csrs.scounteren, granted
        if asked != self._asked:
            self._asked = asked
            try:
                csrs.check(CLOCK, write=False)
                self._answer = True
            except (Illegal, VirtualInstruction):
                self._answer = False
        return self._answer

    def status(self) -> int:
        """Return sstatus as the present mode reads it; what U-mode sees of it is nothing."""
        csrs = self._csrs
        if csrs.mode == USER:
            return 0
        return csrs.read(csrs.substitute(SSTATUS))

    def change(self, bits: int) -> None:
        """Turn bits of sstatus round, as instructions did in WebAssembly."""
        if self._csrs.virtual:
            self._csrs.vsstatus ^= bits
        else:
            self._csrs.mstatus ^= bits


def translatable(d: Decoded) -> bool:
    """Tell whether an instruction on a CSR is one that is done here."""
    return d.csr == SSTATUS or (d.csr == CLOCK and d.base.name == "csrrs" and not d.rs1)


def sstatus(accesses: Accesses, row: Instruction, env: Environment) -> None:
    """Write an instruction on sstatus; whether it writes makes no difference."""
    code, names = accesses.code, accesses.names
    _unless(accesses, MAY_TOUCH)
    code.i32(0)
    code.memory(w.I64_LOAD[8, False], names.base + STATUS)
    code.set(names.value)
    accesses.expressions.value(code, row.name, {**env, "m": lambda code: code.get(names.value)})
    code.get(names.value)
    code.op(w.I64_XOR)
    code.tee(names.address)  # what changes
    code.i64(~PLAIN)
    code.op(w.I64_AND, w.I64_EQZ, w.I32_EQZ)
    code.when()
    accesses.miss()
    code.end()
    # Opening: SIE changes, and was not set. The rule has the same bit.
    code.get(names.address)
    code.get(names.value)
    code.i64(-1)
    code.op(w.I64_XOR, w.I64_AND, w.I32_WRAP)
    _rules(accesses)
    code.i32(-1)
    code.op(w.I32_XOR, w.I32_AND)
    code.i32(MAY_OPEN)
    code.op(w.I32_AND)
    code.when()
    accesses.miss()
    code.end()
    code.i32(0)
    code.get(names.value)
    code.get(names.address)
    code.op(w.I64_XOR)
    code.memory(w.I64_STORE[8], names.base + STATUS)
    accesses.assign(lambda: code.get(names.value))


def time(accesses: Accesses, fuel: Write) -> None:
    """Write RDTIME; `fuel` pushes what is left before it."""
    code, names = accesses.code, accesses.names

    def push() -> None:
        code.i32(0)
        code.memory(w.I64_LOAD[8, False], names.base + TIME)
        fuel()
        code.op(w.I64_SUB)
        code.i32(0)
        code.memory(w.I64_LOAD[8, False], names.base + TICK)
        code.op(w.I64_DIV_U)

    _unless(accesses, MAY_READ_TIME)
    accesses.assign(push)


def _rules(accesses: Accesses) -> None:
    accesses.code.i32(0)
    accesses.code.memory(w.I32_LOAD, accesses.names.base + RULES)


def _unless(accesses: Accesses, rule: int) -> None:
    """Leave unless a rule is given."""
    code = accesses.code
    _rules(accesses)
    code.i32(rule)
    code.op(w.I32_AND, w.I32_EQZ)
    code.when()
    accesses.miss()
    code.end()
