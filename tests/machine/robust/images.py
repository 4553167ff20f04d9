"""ELF files and snapshots."""

from __future__ import annotations

import hashlib
import json
import random
from typing import Any

from models.machine import elf, snapshot
from models.machine.assembler import assemble
from models.machine.board import Board, BoardOptions
from models.machine.errors import ImageError
from tests.machine.robust.mutate import ODD, Place, damage

_SOURCE = """
.globl _start
_start: la a0, message
    li a1, 3
1:  addi a1, a1, -1
    bnez a1, 1b
    ecall
.data
message: .asciz "damaged, perhaps"
numbers: .dword 1, 2, 3
.bss
room: .zero 64
"""


#: In the small board's second page, where its program stores nothing.
TOHOST = 0x8000_1000


class Elf:
    """A whole executable with sections and symbols, through `load_elf`."""

    name = "ELF files"
    modules = (elf,)
    errors = (ImageError,)
    unreached = {  # noqa: RUF012 - the protocol's plain attribute
        '"a whole ELF64 file"': "what pyelftools would refuse has been checked before",
    }

    def __init__(self) -> None:
        self.valid = assemble(_SOURCE).elf()
        self.places = self._places()

    def _places(self) -> list[Place]:
        """Where the header, program headers, section headers and symbols keep numbers."""
        data = self.valid

        def number(offset: int, size: int) -> int:
            return int.from_bytes(data[offset : offset + size], "little")

        places = [(4, 1), (5, 1), (16, 2), (18, 2), (24, 8), (32, 8), (40, 8)]
        places += [(offset, 2) for offset in (54, 56, 58, 60, 62)]
        for index in range(number(56, 2)):
            start = number(32, 8) + index * 56
            places += [(start, 4), *((start + offset, 8) for offset in (8, 16, 24, 32, 40))]
        for index in range(number(60, 2)):
            start = number(40, 8) + index * 64
            places += [(start, 4), (start + 4, 4), (start + 24, 8), (start + 32, 8)]
            places += [(start + 40, 4), (start + 56, 8)]
            if number(start + 4, 4) == 2:
                table, size = number(start + 24, 8), number(start + 32, 8)
                for symbol in range(table, table + size, 24):
                    places += [(symbol, 4), (symbol + 4, 1), (symbol + 6, 2), (symbol + 8, 8)]
        return places

    def case(self, rng: random.Random) -> bytes:
        return bytes(damage(rng, self.valid, self.places))

    def passes(self, case: bytes) -> bool:
        try:
            elf._check_header(case, "case")
        except ImageError:
            return False
        return True

    def feed(self, case: bytes) -> None:
        image = elf.load_elf(case)
        assert all(len(segment.data) <= segment.size for segment in image.segments)
        assert sum(len(segment.data) for segment in image.segments) <= len(case) * 70


class Snapshot:
    """A small board's snapshot, mended so that its hash is right, through `restore`."""

    name = "snapshots"
    modules = (snapshot,)
    errors = (ImageError,)
    unreached = {  # noqa: RUF012
        "a snapshot takes plain data": "saving: a device's state is plain data",
    }

    def __init__(self) -> None:
        self.drive = bytes(1024)
        options = BoardOptions(memory=1 << 14, drives=(self.drive,), tier="closures")
        board = Board(options)
        board.reset()
        board.load(assemble(_SOURCE).image()[1])
        board.run(limit=5)
        board.devices.drives[0].write(1, bytes(512))
        plain = snapshot.save(board)
        board.devices.watch_tohost(TOHOST, TOHOST + 8)
        self.valid = [plain, snapshot.save(board)]

    def case(self, rng: random.Random) -> bytes:
        kind, valid = rng.random(), rng.choice(self.valid)
        if kind < 0.1:
            return bytes(damage(rng, valid, [(0, 8), (8, 4), (40, 8)]))
        if kind < 0.2:
            body = bytes(damage(rng, valid[40:], [(0, 8)]))
        else:
            end = 48 + int.from_bytes(valid[40:48], "little")
            header = self._wrong_header(rng, json.loads(valid[48:end]))
            body = len(header).to_bytes(8, "little") + header + valid[end:]
        return snapshot.MAGIC + hashlib.sha256(body).digest() + body

    def _wrong_header(self, rng: random.Random, header: dict[str, Any]) -> bytes:
        devices = header["state"]["devices"]
        for _ in range(rng.randrange(1, 3)):
            place, parent = rng.choice((header, devices, devices, header["options"])), None
            while isinstance(place, dict | list) and place and rng.random() < 0.9:
                keys = list(place) if isinstance(place, dict) else range(len(place))
                parent, key = place, rng.choice(keys)
                place = place[key]
            if parent is None:
                continue
            kind = rng.randrange(7)
            if kind == 0 and isinstance(parent, dict):
                del parent[key]
            elif kind == 1 and isinstance(parent, dict):
                parent["extra"] = place
            elif kind == 2 and isinstance(parent, list):
                parent.append(place)
            else:
                parent[key] = self._value(rng, place)
        return json.dumps(header).encode()

    @staticmethod
    def _value(rng: random.Random, old: object) -> object:
        others = ["x", "", None, True, [], [0], {}, {"$bytes": [0, 1]}, {"$bytes": [-1, 1 << 40]}]
        others += [1.5, -1, 1 << 70, "ΩΩ", [None], {"$bytes": "x"}]
        if type(old) is int and rng.random() < 0.7:
            return rng.choice([*ODD, old + 1, old - 1, old ^ 1 << rng.randrange(64)])
        return rng.choice(others)

    def passes(self, case: bytes) -> bool:
        return case[:8] == snapshot.MAGIC and hashlib.sha256(case[40:]).digest() == case[8:40]

    def feed(self, case: bytes) -> None:
        board = snapshot.restore(case, drives=(self.drive,), tier="closures")
        board.run(limit=200)  # whatever was accepted must also run
