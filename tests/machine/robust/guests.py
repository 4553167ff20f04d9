"""What a guest can do wrong: instructions, page tables, virtqueues. Nothing may come out."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType

from models.machine import mmu, paging
from models.machine.assembler import assemble
from models.machine.board import Board, BoardOptions
from models.machine.decode import decode
from models.machine.devices import DmaFault, virtqueue
from models.machine.devices.drive import Drive
from models.machine.devices.network import EchoPeer, Link
from models.machine.devices.virtio_block import VirtioBlock
from models.machine.devices.virtio_console import VirtioConsole
from models.machine.devices.virtio_mmio import VirtioMmio
from models.machine.devices.virtio_net import VirtioNet
from models.machine.traps import Mode, Trap
from tests.machine import walker
from tests.machine.devices.bench import BASE, HandClock, Memory, Wire
from tests.machine.devices.driver import Ring, start
from tests.machine.differential import layout as at
from tests.machine.differential import tables, user_mode
from tests.machine.differential.emit import signed
from tests.machine.robust.mutate import Place, damage

M64 = (1 << 64) - 1
STEPS = 400
#: Bytes of memory around a ring.
SMALL = 0x6000
#: Goes on after the instruction that trapped; it lies where no program's data is.
_HANDLER = assemble("csrr x6, mepc; addi x6, x6, 4; csrw mepc, x6; mret").image()[1]
HANDLER = 0x8000_F000


class Programs:
    """Instructions with wrong bits, stopped anywhere: two tiers must agree on everything."""

    name = "programs"
    modules: tuple[ModuleType, ...] = ()
    errors: tuple[type[Exception], ...] = ()
    unreached: dict[str, str] = {}  # noqa: RUF012

    def __init__(self) -> None:
        self.plain = Board(BoardOptions(memory=1 << 16, tier="step"))
        self.fast = [
            Board(BoardOptions(memory=1 << 16, tier=tier, hot=2))
            for tier in ("closures", "python", "webassembly")
        ]
        self.number = 0

    def case(self, rng: random.Random) -> tuple[user_mode.UserProgram, bytes, int]:
        program = user_mode.generate(rng.getrandbits(32), 0)
        places = [(offset, 2) for offset in range(0, len(program.code) - 4, 2)]
        code = bytes(damage(rng, program.code, places, cuts=False))
        return program, code, rng.randrange(1, STEPS)

    def passes(self, case: tuple[user_mode.UserProgram, bytes, int]) -> bool:
        """Whether the first instruction that was damaged is one."""
        program, code, _ = case
        for offset in range(0, len(code), 2):
            if code[offset : offset + 2] != program.code[offset : offset + 2]:
                return decode(int.from_bytes(code[offset : offset + 4], "little")) is not None
        return True

    def feed(self, case: tuple[user_mode.UserProgram, bytes, int]) -> None:
        self.number += 1
        wanted = self._run(self.plain, *case)
        assert self._run(self.fast[self.number % 3], *case) == wanted

    @staticmethod
    def _run(board: Board, program: user_mode.UserProgram, code: bytes, first: int) -> object:
        board.reset()
        board.load(code, user_mode.CODE)
        board.load(program.data, user_mode.DATA)
        board.load(_HANDLER, HANDLER)
        hart = board.hart
        hart.csrs.write(0x305, HANDLER)
        hart.pc = signed(user_mode.CODE)
        hart.x[1:32] = [signed(value) for value in program.registers[1:]]
        stop = board.run(limit=first), board.run(limit=STEPS - first)
        causes = hart.csrs.read(0x342), hart.csrs.read(0x343)
        return stop, hart.x[:32], hart.pc, causes, bytes(board.ram.bytes), board.counters.to_json()


@dataclass(frozen=True)
class Accesses:
    """A slot with damaged tables, and addresses to try."""

    slot: bytes
    satp: int
    tries: tuple[tuple[str, int, bool, bool, bool], ...]  # access, address, user, SUM, MXR


class Tables:
    """Page tables with wrong entries; what the specification's steps say must come out."""

    name = "page tables"
    modules = (paging, mmu)
    errors: tuple[type[Exception], ...] = ()
    unreached = {  # noqa: RUF012
        "paging: raise PageFault (131)": "A and D are set by hardware here: test_walker",
        "raise self.fault(traps.STORE_ACCESS,": "only where a page crosses into nothing",
        "raise self.fault(traps.LOAD_ACCESS, address, context) (": "the same",
        "raise self.fault(ACCESS_FAULT[access], address, context) (": "only where PMP is closed",
        "raise Trap(GUEST_PAGE_FAULT[access]": "there is no H extension here: test_hypervisor",
    }
    base = at.BASE + 0x4000

    def __init__(self) -> None:
        self.board = Board(BoardOptions(memory=0x10000, tier="step"))
        self.ram = self.board.ram

    def case(self, rng: random.Random) -> Accesses:
        slot = bytearray(at.PLAIN.slot)
        space = tables.build(rng, slot, self.base, faulty_code=True, faulty_path=True, updates=True)
        start, end = at.TABLES * at.PAGE, at.PLAIN.slot
        used = [offset for offset in range(start, end, 8) if any(slot[offset : offset + 8])]
        places = [place for offset in used for place in ((offset, 1), (offset, 8), (offset + 7, 1))]
        region = bytes(slot)
        slot = damage(rng, region, [(p, w) for p, w in places], cuts=False)
        pages = [space.page(number) for number in range(-1, 17)] + [space.mega, space.giga]
        pages += [page ^ 1 << 63 for page in pages[:2]]
        tries = tuple(
            (
                rng.choice(("load", "store", "fetch")),
                (rng.choice(pages) + rng.randrange(0, 4096, 8)) & M64,
                *(rng.random() < 0.5 for _ in range(3)),
            )
            for _ in range(6)
        )
        return Accesses(bytes(slot), space.mode << 60 | space.root, tries)

    def _entry(self, place: int) -> int | None:
        return int(self.ram.u64[place - at.BASE >> 3]) if self.ram.holds(place, 8) else None

    def passes(self, case: Accesses) -> bool:
        """Whether the first walk gets beyond the root table."""
        self._load(case)
        outcome = self._specified(case, case.tries[0])
        return outcome.level < {8: 2, 9: 3}[case.satp >> 60] or outcome.address is not None

    def _load(self, case: Accesses) -> None:
        self.board.reset()
        self.board.load(case.slot, self.base)
        csrs = self.board.hart.csrs
        csrs.write(0x3B0, (1 << 54) - 1)
        csrs.write(0x3A0, 0x1F)
        csrs.write(0x180, case.satp)

    def _specified(
        self, case: Accesses, attempt: tuple[str, int, bool, bool, bool]
    ) -> walker.Outcome:
        access, address, user, may_sum, mxr = attempt
        return walker.walk(
            *(case.satp, address, access),
            **{"user": user, "SUM": may_sum, "MXR": mxr, "read": self._entry, "hardware": True},
        )

    def feed(self, case: Accesses) -> None:
        self._load(case)
        hart = self.board.hart
        for attempt in case.tries:
            access, address, user, may_sum, mxr = attempt
            expected = self._specified(case, attempt)
            memory = bytearray(self.ram.bytes)
            for place, value in expected.writes:
                struct.pack_into("<Q", memory, place - at.BASE, value)
            reached = expected.address is not None and self.ram.holds(expected.address, 8)
            if reached and access == "store":
                struct.pack_into("<Q", memory, expected.address - at.BASE, 0x5AFE)
            hart.csrs.write(0x300, may_sum << 18 | mxr << 19)
            hart.csrs.mode = Mode.U if user else Mode.S
            hart.mmu.flush(None, None)
            hart.mmu.switch()
            page = expected.address is None and "memory" not in expected.reason
            causes = {"fetch": (1, 12), "load": (5, 13), "store": (7, 15)}[access]
            wanted = None if reached else (causes[page], address)
            assert self._trap(access, address) == wanted, expected
            hart.csrs.mode = Mode.M
            assert self.ram.bytes == memory, attempt

    def _trap(self, access: str, address: int) -> tuple[int, int] | None:
        """Make the access; return cause and value of the trap that it raises."""
        unit = self.board.hart.mmu
        try:
            if access == "load":
                unit.load(address, 8)
            elif access == "store":
                unit.store(address, 8, 0x5AFE)
            else:
                unit.fetch(address)
        except Trap as trap:
            return trap.cause, trap.value
        return None


def _changes(before: bytes, after: bytearray) -> Iterator[int]:
    """Offsets of the bytes that are not the same."""
    for start_at in range(0, len(before), 64):
        block = slice(start_at, start_at + 64)
        if before[block] != after[block]:
            pairs = enumerate(zip(before[block], after[block], strict=True), start_at)
            yield from (offset for offset, (one, two) in pairs if one != two)


class Lent(Memory):
    """The bench's memory without its notes: lying lengths would make them long."""

    def _check(self, address: int, length: int, write: bool) -> int:
        start_at = address - self.base
        if start_at < 0 or start_at + length > len(self.bytes):
            raise DmaFault(address, length, write)
        return start_at


class Queues:
    """Virtqueues whose rings and descriptors lie, through the transport of three devices."""

    name = "virtqueues"
    modules = (virtqueue,)
    errors: tuple[type[Exception], ...] = ()
    unreached = {"virtqueue.size is": "only a snapshot can set it so"}  # noqa: RUF012
    data = BASE + 0x4000

    def case(self, rng: random.Random) -> tuple[str, bytes, int]:
        """A device's name, guest memory with a damaged ring, and the queue's size."""
        memory = Lent(SMALL)
        ring = Ring(memory, size=rng.choice((4, 8, 16)))
        kind = rng.choice(("block", "net", "console"))
        for number in range(rng.randrange(1, 4)):
            self._request(rng, kind, memory, ring, number)
        places: list[Place] = []
        for entry in range(ring.size):
            places += [(entry * 16 + offset, width) for offset, width in ((0, 8), (8, 4), (12, 2))]
            places.append((entry * 16 + 14, 2))
        start_available = ring.available - BASE
        places += [(start_available + 2, 2), *((start_available + 4 + 2 * n, 2) for n in range(3))]
        places += [(0x3000 + 16 * n + offset, 4) for n in range(3) for offset in (0, 8, 12)]
        places += [(self.data - BASE + 0x400 * n, 8) for n in range(3)]
        return kind, bytes(damage(rng, bytes(memory.bytes), places, cuts=False)), ring.size

    def _request(
        self, rng: random.Random, kind: str, memory: Memory, ring: Ring, number: int
    ) -> None:
        where = self.data + 0x400 * number
        indirect = BASE + 0x3000 if number == 0 and rng.random() < 0.4 else None
        if kind == "block":
            command = rng.choice((0, 1, 4, 8))
            memory.write(where, struct.pack("<IIQ", command, 0, rng.randrange(3)))
            parts = [(where, 16, False), (where + 16, 512, command != 1), (where + 900, 1, True)]
        else:
            parts = [(where, 12 + rng.randrange(60), rng.random() < 0.5)]
        if len(ring.free) >= len(parts):
            ring.offer(parts, indirect)

    def passes(self, case: tuple[str, bytes, int]) -> bool:
        """Whether the first chain can be taken."""
        memory, ring = self._memory(case)
        queue = virtqueue.Virtqueue(memory)
        ring.place(queue)
        try:
            return queue.pop() is not None
        except (virtqueue.QueueError, DmaFault):
            return False

    def _memory(self, case: tuple[str, bytes, int]) -> tuple[Memory, Ring]:
        memory = Lent(SMALL)
        memory.bytes[:] = case[1]
        return memory, Ring(memory, size=case[2])

    def feed(self, case: tuple[str, bytes, int]) -> None:
        memory, ring = self._memory(case)
        allowed = self._writable(memory, ring)
        before = bytes(memory.bytes)
        clock = HandClock()
        device = {
            "block": lambda: VirtioBlock(Drive(bytes(2048))),
            "net": lambda: VirtioNet(EchoPeer(Link(), clock)),
            "console": lambda: VirtioConsole(lambda byte: None),
        }[case[0]]()
        slot = VirtioMmio(device, memory, Wire())
        start(slot, [ring] * device.queue_count)
        for index in range(device.queue_count):
            slot.write(0x50, 4, index)
        clock.advance(1 << 20)
        changed = _changes(before, memory.bytes)
        strays = [BASE + n for n in changed if not any(n + BASE in span for span in allowed)]
        assert strays == [], [hex(place) for place in strays[:8]]

    @staticmethod
    def _writable(memory: Memory, ring: Ring) -> list[range]:
        """What the driver lent for writing: any descriptor's range, and the used ring."""
        spans = [range(ring.used, ring.end)]
        lists = [(ring.at, ring.size)]
        while lists:
            start_at, count = lists.pop()
            for index in range(count):
                offset = start_at - BASE + 16 * index
                if not 0 <= offset <= len(memory.bytes) - 16:
                    break
                address, length, flags, _ = struct.unpack_from("<QIHH", memory.bytes, offset)
                if flags & virtqueue.WRITE:
                    spans.append(range(address, address + length))
                if flags & virtqueue.INDIRECT and start_at == ring.at:
                    lists.append((address, min(length // 16, len(memory.bytes) // 16)))
        return spans
