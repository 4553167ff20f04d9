"""How fast the whole board runs real firmware: Debian's OpenSBI and U-Boot, reset to prompt.

Beside it the plain decode-and-dispatch loop of `machine_compute`, on its own program: it has no
modes, devices, compressed instructions or atomics, so it could not boot these images, and what
would make it able to would make it slower. The ratio is therefore an understatement. The board's
own stepper, which does everything one instruction at a time, boots the first part for comparison.
Each boot is cold: a new board, nothing translated. Process time, in turns, as there.
"""

import time
from pathlib import Path
from statistics import median

from benchmarks.machine_compute import plain_loop, program
from models.machine.board import Board, BoardOptions
from models.machine.boot import start_firmware

OPENSBI = Path("/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.bin")
UBOOT = Path("/usr/lib/u-boot/qemu-riscv64_smode/u-boot.bin")
TURNS, PLAIN_ROUNDS = 3, 2
TO_PROMPT, STEPPER = 40_000_000, 300_000


def booting(tier):
    """Make a board with the images loaded."""
    board = Board(BoardOptions(tier=tier))
    start_firmware(board, OPENSBI.read_bytes(), UBOOT.read_bytes())
    board.feed(b" ")  # stops the countdown
    return board


def boot(tier, limit):
    """Boot to the prompt, or to the limit: instructions a second of process time."""
    board = booting(tier)
    start = time.process_time()
    stop = board.run(limit, until="=> ")
    speed = stop.retired / (time.process_time() - start)
    assert stop.reason == "condition" or limit == STEPPER, stop
    return speed


def rows():
    """Measure in turns."""
    if not (OPENSBI.exists() and UBOOT.exists()):
        print("machine.system: Debian's opensbi and u-boot-qemu are not installed, left out")
        return []
    workload = program()
    speeds = {"baseline": [], "step": [], "closures": [], "cpython": []}
    for _ in range(TURNS):
        speeds["baseline"].append(plain_loop(*workload, PLAIN_ROUNDS)[0])
        speeds["step"].append(boot("step", STEPPER))
        speeds["closures"].append(boot("closures", TO_PROMPT))
        speeds["cpython"].append(boot("python", TO_PROMPT))
    plain = median(speeds["baseline"])
    return [
        {
            "name": f"machine.system.{name}",
            "value": median(measured),
            "unit": "instructions/s",
            "against": "decode-and-dispatch loop",
            "ratio": median(measured) / plain,
        }
        for name, measured in speeds.items()
    ]
