"""QEMU's own devices as an oracle, driven register by register.

QEMU's qtest protocol reads and writes the board's physical addresses from outside while the
processor stands still (-S), so the same accesses can be made to QEMU's device and to ours.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.conftest import require_tool

LETTER = {1: "b", 2: "w", 4: "l", 8: "q"}


class QTest:
    """A stopped QEMU `virt` board."""

    def __init__(self, process: subprocess.Popen[str]):
        self._process = process
        self.wires: dict[int, bool] = {}  # levels of an intercepted device's inputs

    def _ask(self, command: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        while True:
            answer = self._process.stdout.readline()
            if answer.startswith("IRQ "):
                _, change, number = answer.split()
                self.wires[int(number)] = change == "raise"
                continue
            if answer.startswith("OK"):
                return answer[2:].strip()
            if not answer or answer.startswith(("FAIL", "ERR")):
                raise RuntimeError(f"qtest {command!r} answered {answer!r}")

    def read(self, address: int, width: int = 4) -> int:
        return int(self._ask(f"read{LETTER[width]} {address:#x}"), 16)

    def write(self, address: int, value: int, width: int = 4) -> None:
        self._ask(f"write{LETTER[width]} {address:#x} {value:#x}")

    def load(self, address: int, length: int) -> bytes:
        return bytes.fromhex(self._ask(f"read {address:#x} {length:#x}")[2:])

    def store(self, address: int, data: bytes) -> None:
        self._ask(f"write {address:#x} {len(data):#x} 0x{data.hex()}")

    def intercept(self, device: str) -> None:
        """Watch a device's input wires in its stead."""
        self._ask(f"irq_intercept_in {device}")

    def set_input(self, device: str, number: int, level: bool) -> None:
        """Drive an input wire of a device, named by its path in QEMU's object tree."""
        self._ask(f"set_irq_in {device} unnamed-gpio-in {number} {int(level)}")


@contextmanager
def qemu(*options: str) -> Iterator[QTest]:
    program = require_tool("qemu-system-riscv64", "qemu-system-misc")
    command = [program, "-M", "virt", "-m", "16M", "-S", "-bios", "none", "-display", "none",
               "-monitor", "none", "-serial", "null", "-qtest", "stdio", "-qtest-log", "none",
               *options]  # fmt: skip
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield QTest(process)
        finally:
            process.kill()
