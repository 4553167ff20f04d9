"""Software that no one here wrote, unmodified: Debian's OpenSBI and U-Boot, to the prompt."""

import json

import pytest

from models.machine.board import Board, BoardOptions
from models.machine.boot import start_firmware
from tests.conftest import require_file

OPENSBI = "/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.bin"
UBOOT = "/usr/lib/u-boot/qemu-riscv64_smode/u-boot.bin"
PROMPT = "=> "
IMAGE = b"the first sector of the drive".ljust(512, b".") + bytes(range(256)) * 4
# From reset it takes 22 million to the prompt, and a command some ten thousand.
BOOT_LIMIT, COMMAND_LIMIT = 40_000_000, 2_000_000


def test_a_boot_is_the_same_in_every_tier():
    """The same console, registers, memory and counters file, byte for byte."""
    firmware = require_file(OPENSBI, "opensbi").read_bytes()
    uboot = require_file(UBOOT, "u-boot-qemu").read_bytes()
    states = []
    for tier, hot in (("python", None), ("webassembly", 500)):
        board = Board(BoardOptions(tier=tier, hot=hot))
        start_firmware(board, firmware, uboot)
        board.feed(b" ")
        # Stopped in the middle of whatever runs, and again at the prompt.
        stops = board.run(7_654_321), board.run(BOOT_LIMIT, until=PROMPT)
        assert stops[1].reason == "condition"
        states.append((stops, board.state()))
    assert len({json.dumps(state["counters"]) for _, state in states}) == 1
    assert states[0] == states[1]


class Terminal:
    """Someone at U-Boot's prompt."""

    def __init__(self, board: Board):
        self.board = board

    def type(self, line: str) -> str:
        """Type a line and return what is printed until the next prompt."""
        start = len(self.board.console_output)
        self.board.feed(line.encode() + b"\n")
        stop = self.board.run(COMMAND_LIMIT, until=PROMPT)
        assert stop.reason == "condition", (line, stop, bytes(self.board.console_output[start:]))
        printed = self.board.console_output[start:].decode().replace("\r", "")
        assert printed.startswith(line + "\n")  # the echo of what was typed
        return printed[len(line) + 1 : -len(PROMPT)]


@pytest.fixture(scope="module")
def terminal() -> Terminal:
    firmware = require_file(OPENSBI, "opensbi").read_bytes()
    uboot = require_file(UBOOT, "u-boot-qemu").read_bytes()
    board = Board(BoardOptions(drives=(IMAGE,), network=True))
    start_firmware(board, firmware, uboot)
    board.feed(b" ")  # any key stops the countdown
    stop = board.run(BOOT_LIMIT, until=PROMPT)
    assert stop.reason == "condition", (stop, bytes(board.console_output))
    return Terminal(board)


def test_firmware_finds_the_board(terminal):
    """What OpenSBI and U-Boot say that they found, by the device tree and by probing."""
    said = terminal.board.console_output.decode()
    for line in (
        "Platform Name             : riscv-virtio,models",
        "Platform IPI Device       : aclint-mswi",
        "Platform Timer Device     : aclint-mtimer @ 10000000Hz",
        "Platform Console Device   : uart8250",
        "Platform Reboot Device    : sifive_test",
        "Boot HART Priv Version    : v1.12",
        "Boot HART Base ISA        : rv64imac",
        "Boot HART ISA Extensions  : time,sstc",
        "Boot HART PMP Count       : 16",
        "DRAM:  128 MiB",
    ):
        assert line in said, line


def test_commands_answer(terminal):
    assert terminal.type("version").startswith("U-Boot 20")
    assert terminal.type("setexpr sum 0x1234 + 0x1; printenv sum") == "sum=1235\n"
    assert "stdin=serial@10000000\n" in terminal.type("printenv stdin")


def test_virtio_disk(terminal):
    """Read with an unmodified driver, compute on what was read, write it back."""
    assert "Capacity: 0.0 MB = 0.0 GB (3 x 512)" in terminal.type("virtio info")
    assert "3 blocks read: OK" in terminal.type("virtio read 84000000 0 3")
    assert "the first sector" in terminal.type("md.b 84000000 10")
    terminal.type("mw.b 84000000 41 200")
    assert "1 blocks written: OK" in terminal.type("virtio write 84000000 2 1")
    assert terminal.board.devices.drives[0].image() == IMAGE[:1024] + b"A" * 512


def test_virtio_network(terminal):
    assert "virtio-net" in terminal.type("net list")
    terminal.type("setenv ipaddr 10.0.2.15")
    assert "host 10.0.2.2 is alive" in terminal.type("ping 10.0.2.2")


def test_timer_keeps_the_declared_rate(terminal):
    """A second of U-Boot's is ten million ticks of mtime."""
    before = terminal.board.clock.now()
    terminal.type("sleep 0.1")
    assert 1_000_000 <= terminal.board.clock.now() - before < 1_100_000


def test_power_off_ends_the_run(terminal):
    """Last: U-Boot asks OpenSBI, OpenSBI the test finisher."""
    terminal.board.feed(b"poweroff\n")
    stop = terminal.board.run(COMMAND_LIMIT)
    assert (stop.reason, stop.detail, stop.code) == ("halt", "pass", 0)
