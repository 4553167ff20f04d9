"""Binary translation: what is replaced, how it is found again, and machines with holes."""

import pytest

from models.guests.kernel import board_options, kernel_image, start
from models.hypervisors import binary_translation
from models.hypervisors.binary_translation import HOT, BinaryTranslation
from models.hypervisors.binary_translation.cache import CodeCache
from models.hypervisors.observable import differing
from models.hypervisors.shadow_tables import ShadowTables
from models.machine.hart import HOLES
from tests.hypervisors.equivalence import both, check_random_guests, pair

NAME = BinaryTranslation.name
FINISH = """
        li t0, 0x100000
        li t1, 0x5555
        sw t1, 0(t0)
"""
#: Reads and writes of a register, too often for calls.
SCRATCH = f"""
_start: li   s1, 100
again:  csrr s2, mscratch
        addi s2, s2, 3
write:  csrw mscratch, sp
        csrr s3, mscratch
        add  s4, s4, s3
        csrw mscratch, s2
        addi s1, s1, -1
        bnez s1, again
        {FINISH}
"""
#: One store, fifty times to a device and fifty to memory.
ACCESSES = f"""
_start: li   s0, 0x10000007              # the scratch register of the UART
        la   s2, place
        li   s1, 100
again:  addi s1, s1, -1
store:  sb   s1, 0(s0)
        li   t0, 50
        bne  s1, t0, 1f
        mv   s0, s2
1:      bnez s1, again
        {FINISH}
        .balign 4096
place:  .zero 8
"""


def kernel(technique, workload="hello", limit=12_000, **given):
    """The teaching kernel bare and as a guest: what differs, and the guest."""
    native, vm = pair(technique, board_options(workload, tier="closures", **given))
    for board in (native, vm.board):
        start(board, kernel_image(workload))
        board.run(limit)
    assert vm.host.astray() == []
    return differing(native, vm.board), vm


class TestHoles:
    @pytest.mark.parametrize("holes", [("sstatus",), ("sret",), HOLES], ids=["one", "sret", "all"])
    def test_a_kernel_never_meets_them(self, holes):
        found, vm = kernel(NAME, holes=holes)
        assert found == []
        assert b"checksum" in vm.board.console_output
        assert set(vm.counts()["retired"]) == {"U"}

    @pytest.mark.parametrize("hole", ["sstatus", "sret"])
    def test_trap_and_emulate_goes_astray_on_the_same_machine(self, hole):
        found, _ = kernel("trap-and-emulate", holes=(hole,))
        assert "ram" in found


class TestTracing:
    def test_page_tables_are_written_by_calls_once_they_are_hot(self):
        _, vm = kernel(NAME, "mapping", 60_000)
        exits = vm.counts()["exits"]
        assert exits["S:table-write-call"] > 2 * exits["S:table-write"]

    def test_an_access_that_becomes_ordinary_is_put_back(self):
        _, vm = both(NAME, ACCESSES, 2000)
        exits = vm.counts()["exits"]
        assert (exits["M:device"], exits["M:device-call"]) == (
            HOT + 1,
            50 - HOT,
        )  # and the finisher
        assert exits["M:hidden-fault-call"] == HOT  # the other 42 ran as they are
        assert exits["M:translation"] <= 4

    def test_the_guest_changes_what_is_traced(self):
        """Its store to the device becomes an addition: the call that stood there is forgotten."""
        program = f"""
_start: li   s0, 0x10000007
        la   s2, store
        lw   s4, other
        li   s1, 100
again:  addi s1, s1, -1
        .balign 4
store:  sb   s1, 0(s0)
        li   t0, 50
        bne  s1, t0, 1f
        sw   s4, 0(s2)
        fence.i
1:      bnez s1, again
        {FINISH}
other:  addi s3, s3, 100
"""
        native, vm = both(NAME, program, 2000)
        assert native.hart.x[19] == 50 * 100
        assert vm.counts()["exits"]["M:device-call"] == 50 - HOT

    def test_random_guests_with_everything_traced_at_once(self, monkeypatch):
        monkeypatch.setattr(binary_translation, "HOT", 1)
        vm = check_random_guests(NAME, seed=11, start=0, number=24)
        exits = vm.counts()["exits"]
        assert any(key.endswith("-call") and "environment" not in key for key in exits)

    @pytest.mark.soak
    @pytest.mark.parametrize("batch", range(4))
    def test_many_random_guests_with_everything_traced_at_once(self, batch, monkeypatch):
        monkeypatch.setattr(binary_translation, "HOT", 1 + batch % 2)
        check_random_guests(NAME, seed=12, start=1024 * batch, number=1024)


class TestInlining:
    def test_it_exits_less_than_trap_and_emulate(self):
        """Because hot reads and writes of registers are inlined."""
        translated, trapped = (
            kernel(name, "syscall", 40_000)[1] for name in (NAME, "trap-and-emulate")
        )
        csr = [vm.counts()["exits"]["S:csr"] for vm in (translated, trapped)]
        assert csr[0] < 0.6 * csr[1]

    def test_what_calls_often_calls_no_more(self):
        _, vm = both(NAME, SCRATCH, 2000)
        assert vm.counts()["exits"]["M:csr"] == 4 * HOT

    def test_a_jump_into_the_middle_of_a_replacement(self):
        """csrw mscratch, sp holds c.addiw s0, -32 in its second half."""
        program = SCRATCH.replace("again:", "again: beq s1, s5, write + 2\n li s5, 40\n", 1)
        native, vm = both(NAME, program, 2000)
        assert native.hart.x[8] == -32
        assert vm.counts()["exits"]["M:exception"] == 1

    def test_a_guest_that_has_something_at_the_top(self):
        """Its page is its own, whenever it comes there: registers are not inlined any more."""
        program = f"""
        .equ RWX, 0xcf
_start: li   t0, -1
        csrw pmpaddr0, t0
        li   t0, 31
        csrw pmpcfg0, t0
        la   s1, root
        li   t0, 0x80000000 >> 2 | RWX
        sd   t0, 16(s1)
        li   t0, RWX                     # the devices
        sd   t0, 0(s1)
        srli t0, s1, 12
        li   t1, 8 << 60
        or   t0, t0, t1
        csrw satp, t0
        la   t0, supervisor
        csrw mepc, t0
        li   t0, 1 << 11
        csrw mstatus, t0
        mret
supervisor:
        li   s2, 20
        jal  work
        la   s3, middle                  # now the last page is there
        srli t0, s3, 2
        ori  t0, t0, 1
        li   t1, 8 * 511
        add  t2, s1, t1
        sd   t0, 0(t2)
        la   s4, leaf
        srli t0, s4, 2
        ori  t0, t0, 1
        add  t2, s3, t1
        sd   t0, 0(t2)
        la   t0, page
        srli t0, t0, 2
        ori  t0, t0, RWX
        add  t2, s4, t1
        sd   t0, 0(t2)
        sfence.vma
        li   s2, 20
        jal  work
        li   s5, 77
        sd   s5, -2024(zero)
        li   s2, 20
        jal  work
        ld   s6, -2024(zero)
        {FINISH}
work:   csrw sscratch, s2
        csrr t0, sscratch
        add  s7, s7, t0
        addi s2, s2, -1
        bnez s2, work
        ret
        .balign 4096
root:   .zero 4096
middle: .zero 4096
leaf:   .zero 4096
page:   .zero 4096
        """
        native, vm = both(NAME, program, 2000)
        assert native.hart.x[22] == 77  # s6
        assert native.hart.x[23] == 3 * 210  # s7
        assert not vm.engine.paging.inlining

    def test_an_instruction_across_two_pages(self):
        program = f"""
_start: li   s1, 30
        j    near
        .balign 4096
        .zero 4092
near:   addi s2, s2, 1
        csrw mscratch, s2
        csrr s3, mscratch
        addi s1, s1, -1
        bnez s1, near
        {FINISH}
        """
        native, _ = both(NAME, program, 2000)
        assert native.hart.x[19] == 30


REWRITES = f"""
_start: li   s1, 20
        la   s2, target
        la   s3, words
again:  andi t0, s1, 1
        slli t0, t0, 2
        add  t0, t0, s3
        lw   t0, 0(t0)
        sw   t0, 0(s2)
        fence.i
        call target
        addi s1, s1, -1
        bnez s1, again
        {FINISH}
        .option norvc
        .data
        .balign 4
words:  addi s4, s4, 1
        csrw mscratch, s1
        .text
        .balign 4096
target: nop
        csrr s5, mscratch
        ret
"""


class TestWrittenCode:
    def test_it_is_translated_again(self):
        native, vm = both(NAME, REWRITES, 2000)
        assert native.hart.x[20] == 10
        assert vm.counts()["exits"]["M:code-write"] >= 19

    def test_it_relies_on_faults_of_writes_to_translated_pages(self, monkeypatch):
        """Without write protection a kernel that rewrites itself goes on as it was."""
        monkeypatch.setattr(ShadowTables, "protect", lambda self, frame: None)
        monkeypatch.setattr(CodeCache, "holds", lambda self, frame: False)
        with pytest.raises(AssertionError):
            both(NAME, REWRITES, limit=2000)

    def test_it_relies_on_the_call_that_stands_for_a_sensitive_instruction(self, monkeypatch):
        """Copied as they are, sensitive instructions meet the holes."""
        where = "models.hypervisors.binary_translation.page.sensitive"
        monkeypatch.setattr(where, lambda decoded: False)
        found, _ = kernel(NAME, holes=("sstatus",))
        assert "ram" in found
