"""Both generations of hardware assistance: what exits, what does not, and which rules they need."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from models.guests.page_table import PAGES, PageTable, leaf_size
from models.guests.page_walk import ENTER
from models.hypervisors.hardware_assisted import HardwareAssisted
from models.hypervisors.hardware_assisted_shadow import HardwareAssistedShadow
from models.hypervisors.host import HUGE, Host
from models.hypervisors.observable import differing
from models.hypervisors.processor import Processor
from models.hypervisors.trap_and_emulate import TrapAndEmulate
from models.hypervisors.vm import Technique, Vm
from models.machine.assembler import assemble
from models.machine.board import Board, BoardOptions, Stop
from models.machine.csr_hypervisor import VTVM, VTW
from models.machine.hart import HOLES
from models.machine.instructions import Instructions
from models.machine.memory import PAGE, RAM_BASE
from models.machine.paging import SV39, SV48, A, D, R, V, W, X
from models.machine.traps import Mode
from tests.hypervisors.equivalence import MEMORY, random_guests

SHADOW, TWO_STAGE = HardwareAssistedShadow, HardwareAssisted
VARIANTS: dict[str, Technique] = {
    "shadow": SHADOW,
    "shadow, timer exits": partial(SHADOW, timer_exits=True),
    "two-stage": TWO_STAGE,
    "two-stage, timer exits": partial(TWO_STAGE, timer_exits=True),
    "two-stage, Sv48x4": partial(TWO_STAGE, mode=SV48),
    "two-stage, 2 MiB": partial(TWO_STAGE, page=HUGE),
}
#: A kernel that starts in M, translates, takes timer interrupts, waits, and runs a program in U.
GUEST = """
        .macro delegate csr, value
        li      t0, \\value
        csrw    \\csr, t0
        .endm
_start: la      t0, machine
        csrw    mtvec, t0
        delegate pmpaddr0, -1
        delegate pmpcfg0, 0x1f
        delegate mcounteren, -1
        delegate scounteren, -1
        delegate menvcfg, 1 << 63
        delegate mideleg, 0x222
        delegate medeleg, 0xb1ff
        delegate mstatus, 1 << 11
        la      t0, kernel
        csrw    mepc, t0
        mret
        .balign 4
machine: csrr   t6, mepc                # a call from S
        addi    t6, t6, 4
        csrw    mepc, t6
        csrr    s11, mcycle
        mret

kernel: la      t0, trap
        csrw    stvec, t0
        la      t1, root                # all as it is for S; one page for U
        li      t2, (0x80000 << 10) | 0xcf
        sd      t2, 16(t1)
        li      t2, 0xcf
        sd      t2, 0(t1)
        la      t3, middle
        srli    t2, t3, 2
        ori     t2, t2, 1
        sd      t2, 8(t1)
        la      t4, last
        srli    t2, t4, 2
        ori     t2, t2, 1
        sd      t2, 0(t3)
        la      t5, program
        srli    t2, t5, 2
        ori     t2, t2, 0x1b            # X, R, U, V: A is clear
        sd      t2, 0(t4)
        srli    t2, t5, 2
        ori     t2, t2, 0x17            # W, R, U, V: A and D are clear
        sd      t2, 8(t4)
        srli    t1, t1, 12
        li      t2, 8 << 60 | 5 << 44
        or      t1, t1, t2
        csrw    satp, t1
        sfence.vma
        csrr    t0, time
        addi    t0, t0, 500
        csrw    stimecmp, t0
        delegate sie, 0x20
        csrsi   sstatus, 2
        li      s1, TICKS
count:  addi    s0, s0, 1               # where an interrupt hits shows in s0
        bgtz    s1, count
        ecall
        li      a0, 0x10000000
        li      a1, 'A'
        sb      a1, 0(a0)
        csrr    s5, time
        wfi
        csrr    s4, time
        rdcycle s6
        rdinstret s7
        .word   0                       # illegal: the kernel's own affair
        csrci   sstatus, 2
        li      t0, 1 << 18             # SUM
        csrs    sstatus, t0
        li      a2, 0x40000000
        ld      a3, 0(a2)
        csrc    sstatus, t0
        ld      a3, 0(a2)               # a fault now
        li      t0, 1 << 8
        csrc    sstatus, t0
        csrw    sepc, a2
        sret
        .balign 4
trap:   csrr    s2, scause
        bltz    s2, timer
        add     s8, s8, s2              # which exceptions there were
        addi    s9, s9, 1
        csrr    t0, sepc
        addi    t0, t0, 4
        csrw    sepc, t0
        li      t0, 8
        beq     s2, t0, end
        sret
timer:  csrr    s3, time
        add     s10, s10, s0
        addi    t0, s3, 700
        csrw    stimecmp, t0
        addi    s1, s1, -1
        sret
end:    li      a0, 0x100000
        li      a1, 0x5555
        sw      a1, 0(a0)
        .balign 4096
program: rdtime a4
        .option norvc
        csrr    a5, sstatus             # may not
        sfence.vma                      # nor that
        li      a6, 0x40001000
        sd      a4, 2040(a6)            # sets D
        ld      a7, 2040(a6)
        lw      a7, 0(zero)             # the kernel's page
        1: lr.d t1, (a6)
        sc.d    t2, t1, (a6)
        bnez    t2, 1b
        .option rvc
        ecall
        .balign 4096
root:   .zero   4096
middle: .zero   4096
last:   .zero   4096
"""
LIMIT = 10_000  # it takes 3,000; with a rule taken away perhaps for ever


def build(options: BoardOptions, ticks: int = 4) -> Callable[[Board], None]:
    """What puts the guest on a board."""
    address, image = assemble(GUEST, defines={"TICKS": ticks}).image()

    def boot(board: Board) -> None:
        board.reset()
        board.load(image, address)

    return boot


def machine(technique: Technique, options: BoardOptions, **physical: object) -> Vm:
    """A virtual machine on a host of its own."""
    board = BoardOptions(hypervisor=True, tier="closures", **physical)  # type: ignore[arg-type]
    return Host(options.memory, board).create(options, technique)


def compare(
    technique: Technique, ticks: int = 4, physical: dict[str, object] | None = None, **given: object
) -> tuple[Board, Vm, list[str]]:
    """Run the guest bare and as a guest; return what differs, how it stopped included."""
    options = BoardOptions(memory=MEMORY, tier="closures", **given)  # type: ignore[arg-type]
    boot = build(options, ticks)
    native, vm = Board(options), machine(technique, options, **(physical or {}))
    stops = []
    for board in (native, vm.board):
        boot(board)
        stops.append(board.run(LIMIT))
    found = differing(native, vm.board) + vm.host.astray()
    return native, vm, found + (["stop"] if stops[0] != stops[1] else [])


@pytest.mark.parametrize("variant", VARIANTS)
class TestEquivalence:
    def test_the_guest_is_as_on_the_bare_board(self, variant: str) -> None:
        native, vm, found = compare(VARIANTS[variant])
        assert found == []
        assert native.hart.x[25] > 5  # s9: exceptions in S
        retired = vm.counts()["retired"]
        assert set(retired) == {"VS", "VU"}
        assert retired["VS"] > 0.9 * native.clock.count

    def test_time_in_other_steps(self, variant: str) -> None:
        """The guest's mtime ticks once in 3 instructions, the hart's at each."""
        assert compare(VARIANTS[variant], instructions_per_tick=3)[2] == []

    def test_with_a_small_tlb(self, variant: str) -> None:
        assert compare(VARIANTS[variant], physical={"tlb_entries": 2})[2] == []

    def test_in_pieces(self, variant: str) -> None:
        """Slices that end anywhere change nothing."""
        options = BoardOptions(memory=MEMORY, tier="closures")
        boot = build(options)
        native, vm = Board(options), machine(VARIANTS[variant], options)
        for board in (native, vm.board):
            boot(board)
        stop = Stop("limit")
        pieces = iter((7, 1, 30, 1, 200, 333, 1, 1, 64, 500, 99, 777, LIMIT))
        while stop.reason == "limit":
            piece = next(pieces)
            stop = native.run(piece)
            assert vm.board.run(piece) == stop
            assert differing(native, vm.board) == []
        assert stop.reason == "halt"

    def test_random_guests(self, variant: str) -> None:
        ram = random_guests(11, 0, 4)  # more of them in test_engines
        memory = -(-len(ram) // MEMORY) * MEMORY
        options = BoardOptions(memory=memory, tier="closures")
        native, vm = Board(options), machine(VARIANTS[variant], options)
        for board in (native, vm.board):
            board.reset()
            board.load(ram)
        stop = native.run(120_000)
        assert stop.reason == "halt"
        assert vm.board.run(120_000) == stop
        assert differing(native, vm.board) == []
        assert vm.host.astray() == []

    def test_firmware_in_virtual_m_falls_into_no_hole(self, variant: str) -> None:
        """The holes are holes of U with V=0 alone."""
        assert compare(VARIANTS[variant], physical={"holes": HOLES})[2] == []


@pytest.mark.parametrize("technique", [SHADOW, TWO_STAGE])
def test_timer_interrupts_with_and_without_exits(technique: Technique) -> None:
    exits = {}
    for timer_exits in (False, True):
        _, vm, found = compare(partial(technique, timer_exits=timer_exits), ticks=10)
        assert found == []
        assert vm.counts()["traps"]["ecall-vs"] == 1
        exits[timer_exits] = vm.counts()["exits"]
    direct, exiting = exits[False], exits[True]
    assert direct.get("S:timer", 0) <= 1  # that which ends the waiting
    assert exiting["S:timer"] >= 10
    # Each interrupt's handler sets the comparator, and the kernel once.
    assert exiting["S:csr"] - direct["S:csr"] >= 10


def test_what_the_first_generation_exits_for_and_the_second_does_not() -> None:
    shadow, two = (compare(technique)[1].counts() for technique in (SHADOW, TWO_STAGE))
    assert shadow["exits"]["S:fence"] == 1
    assert shadow["exits"]["U:guest-fault"] == 1  # the program's load of the kernel's page
    assert not {"S:fence", "S:guest-fault", "U:guest-fault"} & set(two["exits"])
    assert shadow["walk_references"].keys() == {"shadow"}
    assert two["walk_references"].keys() == {"first", "second"}


LOADS = """
1:      nop
        ld      a1, 0(a0)
        j       1b
"""


@pytest.mark.parametrize("scheme", ["sv39", "sv48"])
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("mode", [SV39, SV48])
@pytest.mark.parametrize("second", [PAGE, HUGE])
def test_references_of_a_cold_walk(scheme: str, page: str, mode: int, second: int) -> None:
    """(n+1)(m+1) - 1, where n and m levels are walked: with 4 KiB pages 3 become 15, 4 become 24.

    Nothing is held in the TLB, and there are no walk caches.
    """
    options = BoardOptions(memory=2 * HUGE, tier="closures")
    virtual, level = 1 << 30, PAGES[page]
    technique = partial(TWO_STAGE, mode=mode, page=second)
    native, vm = Board(options), machine(technique, options)
    counts = {}
    for board in (native, vm.board):
        board.reset()
        table = PageTable(board.ram, scheme, RAM_BASE + HUGE)
        frame = RAM_BASE & -leaf_size(level)
        for n in range(2 if level == 0 else 1):
            place = frame + n * PAGE
            table.map(virtual + n * PAGE, place, V | R | W | X | A | D, level)
        at = {"SATP": table.satp, "CODE": virtual + PAGE - 16, "DATA": virtual + 0x128}
        board.load(assemble(ENTER, defines=at).image()[1])
        board.load(assemble(LOADS, compressed=False).image()[1], RAM_BASE + PAGE - 16)
        board.run(1000, until=lambda b: b.hart.csrs.mode == Mode.S)
        board.run(9)  # the second stage's tables are filled, and the nop comes next
        physical = board if board is native else vm.host.board
        physical.hart.mmu.flush(None, None)
        physical.hart.mmu.flush_guest(None)
        board.step()  # its own page is fetched
        before = physical.counters.copy()
        board.step()
        assert board.hart.x[11] == int.from_bytes(board.ram.read(RAM_BASE + 0x128, 8), "little")
        counts[board is native] = physical.counters.since(before)["walk_references"]
    n, m = table.levels - level, {SV39: 3, SV48: 4}[mode] - (second == HUGE)
    assert counts[True] == {"single": n}
    assert counts[False] == {"first": n, "second": (n + 1) * m}
    assert sum(counts[False].values()) == (n + 1) * (m + 1) - 1


def test_several_techniques_on_one_hart() -> None:
    """Two-stage, shadow and trap-and-emulate by turns: each guest is as alone."""
    options = BoardOptions(memory=MEMORY, tier="closures")
    host = Host(16 * HUGE, BoardOptions(hypervisor=True, tier="closures"))
    order = (TWO_STAGE, SHADOW, TrapAndEmulate, TWO_STAGE, SHADOW)
    machines = [host.create(options, technique) for technique in order]
    natives = [Board(options) for _ in machines]
    for n, (vm, native) in enumerate(zip(machines, natives, strict=True)):
        for board in (native, vm.board):
            build(options, ticks=n + 2)(board)
    stops = host.run(quantum=611)
    for vm, native in zip(machines, natives, strict=True):
        assert native.run(LIMIT) == stops[vm]
        assert differing(native, vm.board) == []
        assert set(vm.counts()["retired"]) <= {"U", "VS", "VU"}
    assert host.astray() == []


@pytest.mark.parametrize(("technique", "frames"), [(SHADOW, 15), (TWO_STAGE, 8), (TWO_STAGE, 11)])
def test_tables_that_find_no_page_are_filled_again(technique: Technique, frames: int) -> None:
    """With so few pages everything has to be given back now and then."""
    options = BoardOptions(memory=MEMORY, tier="closures")
    physical = BoardOptions(hypervisor=True, tier="closures")
    vm = Host(MEMORY, physical, frames=frames).create(options, technique)
    native = Board(options)
    for board in (native, vm.board):
        build(options)(board)
    assert native.run(LIMIT) == vm.board.run(LIMIT)
    assert differing(native, vm.board) == []
    assert vm.host.astray() == []


def test_a_page_fault_where_a_and_d_are_the_guests_affair() -> None:
    """Page-table walks that do not set A and D, in the guest as on the hart."""
    physical = {"a_d_by_hardware": False}
    for technique in (SHADOW, TWO_STAGE):
        native, _, found = compare(technique, physical=physical, a_d_by_hardware=False)
        assert found == []
        assert native.counters["traps"]["instruction-page-fault"] > 0


STALE = """
        la      t0, kernel
        csrw    mepc, t0
        li      t0, -1
        csrw    pmpaddr0, t0
        li      t0, 0x1f
        csrw    pmpcfg0, t0
        li      t0, 1 << 11
        csrw    mstatus, t0
        mret
kernel: la      t1, root
        li      t2, (0x80000 << 10) | 0xcf
        sd      t2, 16(t1)              # all of RAM, at its own addresses
        sd      t2, 24(t1)              # and again, 1 GiB higher
        li      t3, 0xcf
        sd      t3, 0(t1)
        srli    t4, t1, 12
        li      t5, 8 << 60
        or      t4, t4, t5
        csrw    satp, t4
        sfence.vma
        li      t6, 1 << 30
        add     t1, t1, t6              # the table is reached by the higher addresses
        ld      a0, 0(t1)
        sd      zero, 16(t1)            # where this code is: out of the table, and no fence
        li      a1, 0x8000
        add     a1, a1, t1
        sd      t6, 0(a1)               # a page that was never touched
        sd      t2, 16(t1)
        li      a0, 0x100000
        li      a1, 0x5555
        sw      a1, 0(a0)
        .balign 4096
root:   .zero   4096
"""


@pytest.mark.parametrize("technique", [SHADOW, TWO_STAGE, TrapAndEmulate])
def test_code_on_a_page_that_is_out_of_the_table(technique: Technique) -> None:
    """It lives on what the TLB still holds; whatever becomes of it, the hypervisor goes on."""
    address, image = assemble(STALE).image()
    vm = machine(technique, BoardOptions(memory=MEMORY))
    vm.board.reset()
    vm.board.load(image, address)
    assert vm.board.run(500).reason in {"halt", "limit"}
    assert vm.host.astray() == []


# ---------------------------------------------------------------- rules, taken away one by one
def written(monkeypatch: pytest.MonkeyPatch, register: str, change: Callable[[int], int]) -> None:
    """A hart in which a register does not take what is written to it."""
    write = Processor.write

    def changing(self: Processor, name: str, value: int) -> None:
        write(self, name, change(value) if name == register else value)

    def keep(self: Processor, name: str, value: int, mask: int = 0) -> None:
        self.write(name, value)

    monkeypatch.setattr(Processor, "write", changing)
    monkeypatch.setattr(Processor, "keep", keep)


def without(monkeypatch: pytest.MonkeyPatch, register: str, bits: int) -> None:
    """A hart in which bits of a register do nothing."""
    written(monkeypatch, register, lambda value: value & ~bits)


def granted(monkeypatch: pytest.MonkeyPatch, register: str, bits: int) -> None:
    """A hart in which bits of a register are always set."""
    written(monkeypatch, register, lambda value: value | bits)


def holes_in_guests(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hart whose holes are open in VU as well."""

    def hole(self: Instructions, name: str) -> bool:
        return name in self.hart.holes and self.csrs.mode == Mode.U

    monkeypatch.setattr(Instructions, "_hole", hole)


ALL = (1 << 64) - 1
RULES = {
    "WFI in VS exits (VTW)": (partial(without, register="hstatus", bits=VTW), (SHADOW, TWO_STAGE)),
    "satp and SFENCE.VMA in VS exit (VTVM)": (
        partial(without, register="hstatus", bits=VTVM),
        (SHADOW,),
    ),
    "counters exit (hcounteren)": (
        partial(granted, register="hcounteren", bits=ALL),
        (SHADOW, TWO_STAGE),
    ),
    "guest-page faults (hgatp)": (partial(without, register="hgatp", bits=ALL), (TWO_STAGE,)),
    "page faults exit (hedeleg)": (
        partial(granted, register="hedeleg", bits=0xB000),
        (SHADOW,),
    ),
    "exceptions of virtual M exit (medeleg)": (
        partial(granted, register="medeleg", bits=0x1FF),
        (SHADOW, TWO_STAGE),
    ),
    "privileged instructions in VU trap": (holes_in_guests, (SHADOW, TWO_STAGE)),
}


@pytest.mark.parametrize(
    ("rule", "technique"), [(rule, t) for rule, (_, needing) in RULES.items() for t in needing]
)
def test_each_rule_is_needed(
    rule: str, technique: Technique, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it the guest differs from the bare board, or does not even stay on the hart."""
    RULES[rule][0](monkeypatch)
    if rule.startswith("page faults"):
        granted(monkeypatch, "medeleg", 0xB000)
    physical: dict[str, object] = {"holes": HOLES} if "VU" in rule else {}
    try:
        found = compare(technique, physical=physical)[2]
    except RuntimeError as escaped:  # the guest stopped the physical board
        found = [str(escaped)]
    assert found != []


# ---------------------------------------------------------------- what cannot be made
@pytest.mark.parametrize("technique", [SHADOW, TWO_STAGE])
def test_without_the_extension(technique: Technique) -> None:
    options = BoardOptions(memory=MEMORY)
    with pytest.raises(ValueError, match="hypervisor of the physical board is False"):
        Host(MEMORY, BoardOptions()).create(options, technique)
    nested = BoardOptions(memory=MEMORY, hypervisor=True)
    with pytest.raises(ValueError, match="hypervisor of the guest's board is True"):
        Host(MEMORY, BoardOptions(hypervisor=True)).create(nested, technique)


def test_of_the_second_stage() -> None:
    host = Host(MEMORY, BoardOptions(hypervisor=True))
    options = BoardOptions(memory=MEMORY)
    with pytest.raises(ValueError, match="mode of the second stage is 10"):
        host.create(options, partial(TWO_STAGE, mode=10))
    with pytest.raises(ValueError, match="page of the second stage is 8192"):
        host.create(options, partial(TWO_STAGE, page=8192))
    with pytest.raises(ValueError, match="a_d_by_hardware of the guest is False"):
        host.create(BoardOptions(memory=MEMORY, a_d_by_hardware=False), TWO_STAGE)
