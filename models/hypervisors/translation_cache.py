"""What became of a guest's code: its loop beside what binary translation made of it.

A loop of the guest's kernel counts in a register of the machine. Instruction by instruction it is
copied, turned into a call of the hypervisor or, once that has been called often, into a load or
store of memory. A loop that rewrites itself loses what was translated, again and again; one that
stretches over many pages wants a page of the cache for each.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from models.facts import Fact, Facts
from models.hypervisors.binary_translation import BinaryTranslation
from models.hypervisors.host import Host
from models.hypervisors.observable import differing
from models.hypervisors.vm import Vm
from models.machine.assembler import Program, assemble
from models.machine.board import Board, BoardOptions
from models.machine.disassembler import disassemble
from models.machine.memory import PAGE, RAM_BASE
from models.machine.traps import Mode
from models.parameters import Parameters, choice, parameter

MEMORY = 1 << 20
MOST = 24  # rounds
LEAST, ROOM = 7, 16  # pages of the hypervisor: what one code page needs; more than six need

COUNT = "csrr t0, mscratch\naddi t0, t0, 1\ncsrw mscratch, t0\n"
WORK = {
    "loop": f"{COUNT}patch: addi s1, s1, 1\n",
    "rewriting": f"{COUNT}xor t2, t2, t4\nsw t2, 0(t3)\nfence.i\npatch: addi s1, s1, 1\n",
    "pages": f"{COUNT}patch: " + "j 1f\n.balign 4096\n1: addi s1, s1, 1\n" * 5,
}
SOURCE = """
    .option norvc
    li s0, ROUNDS
    la t3, patch
    lw t2, 0(t3)            # the instruction at `patch`; the other one adds 2
    li t4, 3 << 20
loop:
    {work}
    addi s0, s0, -1
    {back}
done:
    j done
"""
#: What stands for an instruction in the cache, where that is no instruction of its own.
MADE = {"none": "(nothing)", "call": "ebreak: a call"}
NEAR, FAR = "bnez s0, loop", "beqz s0, done\nj loop"


@dataclass(frozen=True)
class Translating(Parameters):
    """A loop of the guest's kernel, and room for its translation."""

    rounds: int = parameter(7, unit="rounds", low=1, high=MOST, label="Rounds of the loop")
    code: str = choice(
        "loop",
        {
            "loop": "A loop",
            "rewriting": "A loop that rewrites itself",
            "pages": "A loop over six pages",
        },
        label="The guest's code",
    )
    frames: int = parameter(
        ROOM, unit="pages", low=LEAST, high=ROOM, label="Pages that the hypervisor has"
    )


@dataclass(frozen=True)
class Line:
    """One instruction of the loop, and what stands for it in the cache.

    Attributes
    ----------
    offset : int
        In its page.
    guest : str
        The guest's instruction.
    cached : str
        What is executed in its place.
    kind : {"copied", "call", "inlined", "none"}
        "none": not translated, or not any more.
    calls : int
        How often it called the hypervisor since it was translated.
    """

    offset: int
    guest: str
    cached: str
    kind: str
    calls: int


@dataclass(frozen=True)
class Translation:
    """What one run came to.

    Attributes
    ----------
    parameters : Translating
    lines : tuple of Line
        The first page of the loop, as it was when the last round had ended.
    executed : int
        Instructions that the processor completed in the cache.
    translations, called, writes : int
        Exits: to translate, calls from translated code, writes to code that was translated.
    equal : bool
        Whether the run ended as on the bare board, in all that a guest can see.
    """

    parameters: Translating
    lines: tuple[Line, ...]
    executed: int
    translations: int
    called: int
    writes: int
    equal: bool

    def facts(self) -> Facts:
        """The counts."""
        return Facts(
            Fact("Instructions executed in the cache", self.executed),
            Fact("Exits to translate a block", self.translations),
            Fact("Exits by calls in translated code", self.called),
            Fact("Exits by writes to translated code", self.writes),
            title=f"{self.parameters.rounds} rounds under binary translation",
        )


@cache
def translation(parameters: Translating) -> Translation:
    """Run the loop on the bare board, and as a guest under binary translation."""
    options = BoardOptions(memory=MEMORY, tier="step")
    host = Host(MEMORY, options, parameters.frames)
    native, vm = Board(options), host.create(options, BinaryTranslation)
    program = _program(parameters)
    for board in (native, vm.board):
        board.reset()
        board.load(program.image()[1], RAM_BASE)
    done = program.symbols["done"]
    steps = native.run(100_000, until=lambda b: b.hart.pc & (1 << 64) - 1 == done).retired
    vm.board.run(steps)
    counts = vm.counts()
    exits = counts["exits"]
    assert isinstance(vm.engine, BinaryTranslation)
    return Translation(
        parameters,
        tuple(_lines(vm, vm.engine, program)),
        counts["retired"].get("U", 0),
        exits.get("M:translation", 0),
        exits.get("M:csr", 0),
        exits.get("M:code-write", 0),
        not differing(native, vm.board),
    )


def _program(parameters: Translating) -> Program:
    far = parameters.code == "pages"
    source = SOURCE.format(work=WORK[parameters.code], back=FAR if far else NEAR)
    return assemble(source, origin=RAM_BASE, defines={"ROUNDS": parameters.rounds})


def _lines(vm: Vm, engine: BinaryTranslation, program: Program) -> Iterator[Line]:
    """The loop's part of its first page, up to where it leaves that."""
    page = engine.paging.cache.find(RAM_BASE, Mode.M)
    symbols, ram = program.symbols, vm.host.board.ram
    last = symbols["done"] if symbols["done"] < RAM_BASE + PAGE else symbols["patch"] + 4
    for address in range(symbols["loop"], last, 4):
        offset = address - RAM_BASE
        guest = int.from_bytes(ram.read(RAM_BASE + vm.offset + offset, 4), "little")
        made = int.from_bytes(ram.read(page.place + offset, 4), "little") if page else 0
        kind = "copied" if made == guest else "call"
        if page is None or offset not in page.lengths:
            kind = "none"
        elif offset in page.inlined:
            kind = "inlined"
        calls = page.hits[offset] if page else 0
        words = (_text(word, address, symbols["loop"]) for word in (guest, made))
        yield Line(offset, next(words), MADE.get(kind) or next(words), kind, calls)


def _text(word: int, address: int, loop: int) -> str:
    """An instruction, with "loop" for that address."""
    text, _, name = disassemble(word, address, symbols={loop: "loop"}).partition("  # ")
    return f"{text.rpartition(' ')[0]} loop" if name == "loop" else text
