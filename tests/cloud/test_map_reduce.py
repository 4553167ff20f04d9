"""The real job: equal to one loop over the text, whatever happens on the way."""

import os
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from threading import Timer

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.cloud.attempts import Fate, JobFailed
from models.cloud.map_reduce import Program, map_reduce, partition, serial
from models.cloud.processes import Processes
from models.cloud.text_jobs import INDEX, WORD_COUNT, once_each, text, total, words
from models.cloud.workers import Attempt, Here

TEXT = text(200)
LINES = st.lists(st.text(alphabet="ab \n云", max_size=12), max_size=12)


@dataclass(frozen=True)
class Script(Fate):
    """Fates written down: attempts by phase, task and number; the others complete."""

    script: tuple[tuple[Attempt, str], ...] = ()
    again: frozenset[tuple[str, int]] = frozenset()

    def lost(self, attempt):
        return dict(self.script).get(attempt, "")

    def doubled(self, phase, task):
        return (phase, task) in self.again


ATTEMPTS = st.builds(
    Attempt, st.sampled_from(["map", "reduce"]), st.integers(0, 4), st.integers(1, 3)
)
SCRIPTS = st.builds(
    Script,
    script=st.dictionaries(ATTEMPTS, st.sampled_from(["before", "after"]), max_size=20).map(
        lambda fates: tuple(fates.items())
    ),
    again=st.frozensets(st.tuples(st.sampled_from(["map", "reduce"]), st.integers(0, 4))),
    allowed=st.integers(1, 3),
    seed=st.integers(0, 10_000),
)


def test_words_are_counted_as_python_s_counter_counts_them():
    run = map_reduce(WORD_COUNT, TEXT, tasks=7, reducers=3)
    assert run.result == Counter(" ".join(TEXT).lower().replace(".", "").split())
    assert list(run.result) == sorted(run.result)
    assert map_reduce(Program(words, total), TEXT, tasks=5).result == run.result


@given(LINES, st.integers(1, 6), st.integers(1, 6), SCRIPTS)
@settings(max_examples=150, deadline=None)
def test_the_serial_result_or_a_clear_failure(lines, tasks, reducers, fate):
    """Equal for any order and any losses that leave each task one completing attempt."""
    dead = [
        (phase, task)
        for phase, count in (("map", tasks), ("reduce", reducers))
        for task in range(count)
        if all(fate.lost(Attempt(phase, task, n)) for n in range(1, fate.allowed + 1))
    ]
    if dead:
        phase = min(dead)[0]  # the maps come first
        with pytest.raises(JobFailed, match=f"{phase} task .* allowed attempts were lost"):
            map_reduce(INDEX, lines, tasks=tasks, reducers=reducers, fate=fate)
        return
    run = map_reduce(INDEX, lines, tasks=tasks, reducers=reducers, fate=fate)
    assert run.result == serial(INDEX, lines)
    for tally in (run.maps, run.reduces):
        assert tally.attempts == tally.tasks + tally.lost + tally.repeated


@given(SCRIPTS, st.integers(0, 10_000))
@settings(max_examples=50, deadline=None)
def test_the_order_changes_no_count(fate, seed):
    """Which attempts there are follows from their fates, not from who was first."""
    other = Script(fate.before, fate.after, fate.twice, fate.allowed, seed, fate.script, fate.again)
    try:
        run = map_reduce(WORD_COUNT, TEXT[:9], tasks=4, fate=fate)
    except JobFailed:
        with pytest.raises(JobFailed):
            map_reduce(WORD_COUNT, TEXT[:9], tasks=4, fate=other)
    else:
        assert map_reduce(WORD_COUNT, TEXT[:9], tasks=4, fate=other) == run


def test_every_order_of_four_tasks():
    """Not drawn but all of them: the master's choices are the digits of each permutation."""

    class Choices:
        def __init__(self, order):
            waiting, self.picks = sorted(order), []
            for task in order:
                self.picks.append(waiting.index(task))
                waiting.remove(task)

        def integers(self, count):
            return self.picks.pop(0) if self.picks else 0

    started = []

    class Ordered(Fate):
        def order(self, phase):
            return Choices(wanted if phase == "map" else range(3))

        def lost(self, attempt):
            if attempt.phase == "map":
                started.append(attempt.task)
            return ""

    for wanted in permutations(range(4)):
        started.clear()
        run = map_reduce(INDEX, TEXT[:8], tasks=4, fate=Ordered())
        assert started == list(wanted)
        assert run.result == serial(INDEX, TEXT[:8])


def test_failures_by_chance_are_as_frequent_as_declared():
    fate = Fate(before=0.2, after=0.1, twice=0.3)
    attempts = [Attempt("map", task, n) for task in range(400) for n in (1, 2, 3)]
    lost = Counter(fate.lost(attempt) for attempt in attempts)
    assert lost["before"] / 1200 == pytest.approx(0.2, abs=0.03)
    assert lost["after"] / 1200 == pytest.approx(0.1, abs=0.03)
    assert sum(fate.doubled("map", task) for task in range(1_000)) == pytest.approx(300, abs=45)


def test_processes_that_really_die_give_the_same():
    fate = Fate(before=0.1, after=0.15, twice=0.3, allowed=6, seed=3)
    apart = map_reduce(INDEX, TEXT, tasks=6, fate=fate, workers=Processes(2))
    assert apart == map_reduce(INDEX, TEXT, tasks=6, fate=fate, workers=Here())
    assert apart.result == serial(INDEX, TEXT)
    assert apart.maps.lost + apart.reduces.lost > 0


def test_a_job_that_fails_leaves_no_process_behind():
    fate = Script(script=((Attempt("map", 1, 1), "before"),), allowed=1)
    workers = Processes(2)
    with pytest.raises(JobFailed, match=r"map task 2 of 3: .* ended with code 1; there is no res"):
        map_reduce(WORD_COUNT, TEXT, tasks=3, fate=fate, workers=workers)
    assert not workers.busy


def killed_once(line):
    """Kills its process the first time that it sees the line 'kill <file>'."""
    if line[1].startswith("kill") and not Path(line[1].split()[1]).exists():
        Path(line[1].split()[1]).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return [(line[1].split()[0], line[0])]


def test_a_killed_process_takes_only_its_own_attempt(tmp_path):
    lines = ["one", f"kill {tmp_path / 'killed'}", "two", "one"]
    run = map_reduce(Program(killed_once, once_each), lines, tasks=4, workers=Processes(2))
    assert run.result == {"kill": (2,), "one": (1, 4), "two": (3,)}
    assert (run.maps.lost, run.maps.attempts) == (1, 5)


def dies_while_it_reports(size):
    """A result far larger than a pipe holds, and a process that soon ends."""
    Timer(0.3, os._exit, (1,)).start()
    return bytes(size)


def test_half_a_report_is_none():
    workers = Processes(1)
    with workers:
        workers.start(Attempt("map", 0, 1), dies_while_it_reports, (10_000_000,), "")
        for _, process in workers._running.values():
            process.join(30)  # nobody reads meanwhile, so that the pipe is full when it ends
        assert workers.wait() == (Attempt("map", 0, 1), False, "ended with code 1")


def test_a_key_goes_to_the_same_reducer_in_every_process():
    """Python's own `hash` would not do: it is salted anew in each process."""
    code = (
        "from models.cloud.map_reduce import partition\n"
        "print([partition(w, 1000) for w in ('cloud', '云', '')], hash('cloud') % 1000)"
    )
    outs = set()
    for salt in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": salt}
        out = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, check=True
        ).stdout.decode()
        outs.add(out)
        assert str([partition(w, 1000) for w in ("cloud", "云", "")]) in out
    assert len(outs) == 2


@pytest.mark.parametrize("bad", [{"tasks": 0}, {"reducers": -1}])
def test_bad_numbers_are_named(bad):
    with pytest.raises(ValueError, match=f"{next(iter(bad))}: .* allowed: whole numbers from 1"):
        map_reduce(WORD_COUNT, TEXT, **bad)


def test_no_processes_where_there_are_none(monkeypatch):
    monkeypatch.setattr(sys, "platform", "emscripten")
    with pytest.raises(ValueError, match="a browser's page has one process"):
        Processes(2)
    with pytest.raises(ValueError, match="count: 0 is out of range"):
        Processes(0)


def test_texts_grow_and_their_words_follow_zipf():
    counts = map_reduce(WORD_COUNT, text(5_000)).result
    assert len(text(10)) == 10
    assert text(10) == text(10) != text(10, seed=2)
    assert counts["server"] / counts["machine"] == pytest.approx(2, rel=0.15)
    assert text(0) == []
    with pytest.raises(ValueError, match="lines: -1"):
        text(-1)
