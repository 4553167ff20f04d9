"""A page's hot code as blocks and loops: what becomes one function.

Blocks are straight pieces, in the order of their addresses. A jump forward is a branch out of
nested WebAssembly blocks, a jump back to a loop's head a branch to a `loop`, any other jump back
goes through the function's entry, which branches by a block's number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from models.machine.decode import Decoded
from models.machine.memory import PAGE, Ram
from models.machine.semantics import s64
from models.machine.tiers.blocks import FAST, TURNS, read
from models.machine.tiers.webassembly.csrs import translatable
from models.machine.tiers.webassembly.layout import COLD

KINDS = FAST | {"lr", "sc", "amo", "fence", "csr"}
LONGEST = 800  # instructions of a region: compiling takes 40 µs each (measured)


@dataclass(frozen=True)
class Block:
    """A straight piece.

    Attributes
    ----------
    pc
        Its address.
    steps
        Addresses and instructions.
    following
        The address behind it, if the last instruction does not turn.
    stepped
        Whether the instruction there needs the stepper.
    """

    pc: int
    steps: tuple[tuple[int, Decoded], ...]
    following: int
    stepped: bool

    @property
    def successors(self) -> list[int]:
        """The addresses that it can go on at, as far as they are known."""
        if not self.steps or self.steps[-1][1].base.kind not in TURNS:
            return [] if self.stepped else [self.following]
        pc, d = self.steps[-1]
        known = {"branch": [pc + d.imm, pc + d.length], "jal": [pc + d.imm], "jalr": []}
        return [s64(target) for target in known[d.base.kind]]


@dataclass(frozen=True)
class Region:
    """The blocks of a function.

    Attributes
    ----------
    blocks
        In the order of their addresses.
    loops
        First block to last block of each loop that has no other entry than its first.
    """

    blocks: tuple[Block, ...]
    loops: Mapping[int, int]

    @property
    def entries(self) -> list[int]:
        """Numbers of the blocks that can be entered: those that are in no loop, and heads."""
        inside = {n for head, last in self.loops.items() for n in range(head + 1, last + 1)}
        return [n for n in range(len(self.blocks)) if n not in inside]

    @property
    def length(self) -> int:
        """Instructions: what runs at most between two jumps back."""
        return sum(len(block.steps) for block in self.blocks)


def region(ram: Ram, delta: int, page: int, states: Sequence[int], seeds: Iterable[int]) -> Region:
    """Find the region of a page.

    Parameters
    ----------
    delta
        RAM offset minus address of the page.
    states
        Of its half words, see `layout`: a target that was never jumped to is left out.
    seeds
        Addresses that are in it.
    """
    decoded, leaders, called = _reach(ram, delta, page, states, seeds)
    blocks = _blocks(decoded, sorted(leaders))
    number = {block.pc: n for n, block in enumerate(blocks)}
    edges = [
        (n, number[target])
        for n, block in enumerate(blocks)
        for target in block.successors
        if target in number
    ]
    reached = {target for _, target in edges}
    outside = {n for n, block in enumerate(blocks) if block.pc in called or n not in reached}
    return Region(tuple(blocks), loops(edges, outside))


def _reach(
    ram: Ram, delta: int, page: int, states: Sequence[int], seeds: Iterable[int]
) -> tuple[dict[int, Decoded | None], set[int], set[int]]:
    """Follow the code from the seeds: instructions, leaders of blocks, and what calls lead to."""
    decoded: dict[int, Decoded | None] = {}
    work = sorted(seeds, reverse=True)
    leaders, called = set(work), set[int]()
    while work:
        pc = work.pop()
        while pc & -PAGE == page and pc not in decoded:
            d = read(ram, delta, pc, KINDS)
            if d is not None and d.base.kind == "csr" and not translatable(d):
                d = None
            decoded[pc] = d
            if d is None or d.base.kind in TURNS:
                for target, sure, call in _targets(pc, d):
                    if target & -PAGE == page and (sure or states[(target & PAGE - 1) >> 1]):
                        if len(decoded) < LONGEST:
                            leaders.add(target)
                            work.append(target)
                        if call:
                            called.add(target)
                break
            pc = s64(pc + d.length)
    return decoded, leaders, called


def _targets(pc: int, d: Decoded | None) -> list[tuple[int, bool, bool]]:
    """Return where a turn leads: the address, whether for sure, and whether by call or return."""
    if d is None:  # the stepper comes back behind it, which is at 2 or 4 bytes
        return [(s64(pc + 2), False, True), (s64(pc + 4), False, True)]
    following, target = s64(pc + d.length), s64(pc + d.imm)
    if d.base.kind == "branch":
        return [(following, True, False), (target, False, False)]
    back = [(following, False, True)] if d.rd else []
    return back if d.base.kind == "jalr" else [(target, False, bool(d.rd)), *back]


def _blocks(decoded: Mapping[int, Decoded | None], leaders: Sequence[int]) -> list[Block]:
    blocks = []
    heads = set(leaders)
    for start in leaders:
        if decoded.get(start) is None:
            continue
        pc, steps = start, list[tuple[int, Decoded]]()
        while (d := decoded.get(pc)) is not None and (pc == start or pc not in heads):
            steps.append((pc, d))
            pc = s64(pc + d.length)
            if d.base.kind in TURNS:
                break
        # What crosses into the next page is the interpreter's.
        stepped = pc in decoded and decoded[pc] is None and pc & PAGE - 1 != PAGE - 2
        blocks.append(Block(start, tuple(steps), pc, stepped))
    return blocks


def loops(edges: Sequence[tuple[int, int]], outside: set[int]) -> dict[int, int]:
    """Choose the loops that become WebAssembly's.

    A loop is a run of blocks from the target of a jump back to the last block that jumps there.
    It is taken if nothing enters it but at its head, and if loops nest.

    Parameters
    ----------
    edges
        (from, to) of every known jump and fall.
    outside
        Blocks that are entered from elsewhere.
    """
    last: dict[int, int] = {}
    for source, target in edges:
        if target <= source:
            last[target] = max(last.get(target, target), source)
    chosen: dict[int, int] = {}
    for head, end in sorted(last.items(), key=lambda item: item[0] - item[1]):  # longest first
        inside = range(head + 1, end + 1)
        entered = any(n in inside for n in outside) or any(
            target in inside and not head <= source <= end for source, target in edges
        )
        crossed = any(h < head <= e < end or head < h <= end < e for h, e in chosen.items())
        if not entered and not crossed:
            chosen[head] = end
    while True:
        # A jump back into a loop, to no loop's head, would have to go through the entry: drop it.
        bad = {
            head
            for head, end in chosen.items()
            for source, target in edges
            if target <= source and head < target <= end and target not in chosen
        }
        if not bad:
            return chosen
        for head in bad:
            del chosen[head]


def seeds(states: Sequence[int], page: int, least: int) -> list[int]:
    """Return the addresses of a page that were jumped to at least so often."""
    return [page + 2 * n for n, state in enumerate(states) if state >= least and state != COLD]
