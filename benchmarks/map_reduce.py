"""A real job in pieces: words counted in one process, and in processes of their own."""

from benchmarks.queue import race, row
from models.cloud.map_reduce import map_reduce
from models.cloud.processes import Processes
from models.cloud.text_jobs import WORD_COUNT, text
from models.cloud.workers import Here, Workers

LINES, TASKS = 300_000, 4


def rows() -> list[dict]:
    """Lines a second in two processes, beside the same tasks in this one."""
    lines = text(LINES)

    def count(workers: Workers) -> tuple[object, int]:
        run = map_reduce(WORD_COUNT, lines, tasks=TASKS, reducers=2, workers=workers)
        return run.result, LINES

    speeds = race({"one": lambda: count(Here()), "two": lambda: count(Processes(2))})
    name = "cloud.map_reduce.two_processes"
    return [row(name, speeds["two"], "lines/s", "one process", speeds["one"])]
