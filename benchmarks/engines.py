"""How fast each engine runs a guest, beside the bare board in the same run.

The guest is the teaching kernel with its workload `compute`: arithmetic in user mode, and the
kernel's timer interrupt at every 10,000th instruction. That is a kilohertz on a machine of ten
million instructions a second; the second kind of row has a tenth of the interrupts. What is
measured begins behind the guest's start. On the fast tier the run is ten times as long: what a run
does once, translating and compiling the guest's code, is else a tenth of it where interrupts are
rare, and takes about 0.05 from each engine's ratio.

Process time, turns in which each engine has one run, and the median of the turns' ratios.
"""

import time
from statistics import median

from models.guests.kernel import board_options, kernel_image, start
from models.hypervisors.techniques import NATIVE, TECHNIQUES, machine
from models.machine.tiers.webassembly import missing

TURNS = 5
SIZES = {"webassembly": 2_000_000, "python": 200_000}  # of the workload; 20 instructions each
INTERPRETED = 4_000
TIERS = ("python",) if missing() else ("webassembly", "python")


def speed(technique: str, tier: str, ticks: int) -> float:
    """Guest instructions a second, after the guest's start."""
    options = board_options("compute", tier=tier, instructions_per_tick=ticks)
    board, _ = machine(technique, options)
    size = INTERPRETED if technique == "interpret" else SIZES[tier]
    start(board, kernel_image("compute", size))
    board.run(50_000)
    before = time.process_time()
    stop = board.run()
    assert stop.reason == "halt", stop
    return stop.retired / (time.process_time() - before)


def rows():
    """Measure each engine, tier and rate of interrupts."""
    found = []
    for tier in TIERS:
        for ticks in (1, 10):
            if tier == "python" and ticks == 10:
                continue
            found += _rows(tier, ticks)
    return found


def _rows(tier, ticks):
    turns = [{name: speed(name, tier, ticks) for name in TECHNIQUES} for _ in range(TURNS)]
    more = ("" if tier == TIERS[0] else f".{tier}") + ("" if ticks == 1 else ".calm")
    return [
        {
            "name": f"engine.{name}.compute{more}",
            "value": median(turn[name] for turn in turns),
            "unit": "instructions/s",
            "against": f"engine.{NATIVE}.compute{more}",
            "ratio": median(turn[name] / turn[NATIVE] for turn in turns),
        }
        for name in TECHNIQUES
    ]
