"""The WebAssembly tier beside the Python tier and beside QEMU, in the same run.

Compute: `compute.S`, warm, under both Pythons. System: Debian's OpenSBI and U-Boot, reset to
prompt, each boot on a new board with nothing of the guest translated (the interpreter's module is
compiled once in a process, as Python's own modules are). QEMU's boot is divided by our number of
instructions (its own differ a little, as its clock is the wall's), and holds the start of its
process, some tenths of a second. Process time, in turns.
"""

import resource
import shutil
import subprocess
from statistics import median

from benchmarks.machine_compute import board_run, prepared, program
from benchmarks.machine_pyodide import available, pyodide
from benchmarks.machine_system import OPENSBI, TO_PROMPT, UBOOT, boot

TURNS, BOOTS = 5, 3
ROUNDS = {"python": 5, "webassembly": 400}
INSTRUCTIONS = 21_437_062  # of our boot


def rows():
    """Measure what is there."""
    there = pyodide() if available() else None
    if there is None:
        print("machine.*.wasm.pyodide: left out; `make book` fetches Pyodide, and Node is needed")
        return [*compute(None), *system(None)]
    with there as run:
        return [*compute(run), *system(run)]


def row(name, values, against, beside):
    """One row: the median, and the median of the turns' ratios."""
    return {
        "name": name,
        "value": median(values),
        "unit": "instructions/s",
        "against": against,
        "ratio": median(a / b for a, b in zip(values, beside, strict=True)),
    }


def compute(there):
    """Both tiers on the compute workload, here and there."""
    address, image, symbols = program()
    boards = {tier: prepared(address, image, tier) for tier in ROUNDS}
    for tier, board in boards.items():
        board_run(board, address, ROUNDS[tier])
    here = {tier: [] for tier in ROUNDS}
    away = {tier: [] for tier in ROUNDS}
    for _ in range(TURNS):
        for tier, board in boards.items():
            here[tier].append(board_run(board, symbols["supervisor"], ROUNDS[tier])[0])
            if there:
                away[tier].append(there("compute", tier, ROUNDS[tier]))
    name, python = "machine.compute.wasm", "Python tier, same Python"
    yield row(f"{name}.cpython", here["webassembly"], python, here["python"])
    if there:
        yield row(f"{name}.pyodide", away["webassembly"], python, away["python"])


def system(there):
    """Boots: the Python tier here, this tier here and there, QEMU."""
    if not (OPENSBI.exists() and UBOOT.exists()):
        print("machine.system.wasm: Debian's opensbi and u-boot-qemu are not installed, left out")
        return
    speeds = {"python": [], "cpython": [], "pyodide": [], "qemu": []}
    for _ in range(BOOTS):
        speeds["python"].append(boot("python", TO_PROMPT))
        speeds["cpython"].append(boot("webassembly", TO_PROMPT))
        if there:
            speeds["pyodide"].append(there("boot", "webassembly"))
        if shutil.which("qemu-system-riscv64"):
            speeds["qemu"].append(INSTRUCTIONS / qemu())
    for name in ("cpython", "pyodide"):
        if speeds[name]:
            ours = f"machine.system.wasm.{name}"
            yield row(ours, speeds[name], "machine.system.cpython", speeds["python"])
            if speeds["qemu"]:
                yield row(f"{ours}.of_qemu", speeds[name], "QEMU's TCG", speeds["qemu"])
    if speeds["qemu"]:
        yield row("machine.system.qemu", speeds["qemu"], "machine.system.cpython", speeds["python"])


def qemu():
    """Boot the same images on QEMU to the prompt: seconds of process time."""
    command = ["qemu-system-riscv64", "-M", "virt", "-m", "128M", "-nographic", "-accel", "tcg"]
    command += ["-bios", str(OPENSBI), "-kernel", str(UBOOT)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL) as machine:
        machine.stdin.write(b" ")  # stops the countdown
        machine.stdin.flush()
        said = b""
        while not said.endswith(b"=> "):
            said += machine.stdout.read1(4096)
        machine.kill()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
