"""01-3: a gather() whose result is the serial one, whoever came first, twice or not at all."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.cloud.map_reduce import Pair, Program, cut, map_piece, serial
from models.cloud.text_jobs import places
from models.grading.code import Case, mark_code
from models.grading.task import Exercise, Planted
from models.parameters import Parameters, parameter

LETTERS = "abcd"


def all_values(key: str, values: list[int]) -> list[int]:
    """Keep every value of a key."""
    return values


LINES_OF = Program(places, all_values)  # each word with the numbers of its lines


@dataclass(frozen=True)
class Given(Parameters):
    """How large the texts of the check are."""

    lines: int = parameter(12, unit="lines", low=6, high=100, label="Lines of the largest text")


def draw(rng: np.random.Generator) -> Given:
    """Another size."""
    return Given(lines=int(rng.integers(8, 30)))


def prompt(given: Given) -> str:
    """The question."""
    return (
        f"A text of up to {given.lines} lines was cut into tasks, numbered from 0 in the order of "
        "the text. For each word of its piece, a task returns a pair of the word and the number of "
        "the line, in the order of the text.\n"
        "Write gather(arrived, tasks). arrived is a list of pairs (number of the task, its list of "
        "pairs) in the order in which results came; the same task may have come more than once, "
        "because it was tried again. tasks is how many tasks there are.\n"
        "Return a dictionary from each word to the list of its line numbers, in the order of the "
        "text: what one loop over the text would give. If a task never came, return None.\n"
        "Example: gather([(1, [('b', 2)]), (0, [('a', 1), ('b', 1)])], 2) is "
        "{'a': [1], 'b': [1, 2]}, and with 3 tasks it is None."
    )


def cases(given: Given, rng: np.random.Generator) -> Iterator[Case]:
    """From two lines in order to long texts in any order, with repetitions and gaps."""
    for lines in (1, 2, 2, 3, 4, 6, given.lines, given.lines, given.lines):
        text = [" ".join(_some(rng, int(rng.integers(0, 4)))) for _ in range(lines)]
        tasks = int(rng.integers(1, min(lines, 6) + 1))
        arrived = [
            (task, map_piece(LINES_OF, piece, 1)[0]) for task, piece in enumerate(cut(text, tasks))
        ]
        yield _case(arrived, tasks, text)
        turned = [arrived[i] for i in np.argsort(rng.random(tasks))]
        yield _case(turned, tasks, text)
        again = turned[int(rng.integers(tasks))]
        yield _case([*turned, again], tasks, text)
        yield _case([again, *turned][:-1] if tasks > 1 else [], tasks, text)


def _some(rng: np.random.Generator, count: int) -> list[str]:
    return [LETTERS[int(i)] for i in rng.integers(0, len(LETTERS), count)]


def _case(arrived: list[tuple[int, list[Pair]]], tasks: int, text: list[str]) -> Case:
    """One call; what it should give comes from a loop over the text, or is None."""
    missing = sorted(set(range(tasks)) - {task for task, _ in arrived})
    expected = None if missing else serial(LINES_OF, text)
    copies = [(task, list(pairs)) for task, pairs in arrived]  # a reader's function may change it
    return Case((copies, tasks), f"gather({arrived}, {tasks})", (expected, missing))


def complaint(case: Case, result: Any) -> str:
    """What differs from the serial result."""
    expected, missing = case.about
    if expected is None:
        came = f"task {missing[0]} never came"
        return "" if result is None else f"{came}; half a result looks like a whole one."
    if not isinstance(result, dict):
        return f"every task came; a dictionary is expected, not {result!r}."
    for word in sorted(set(expected) | {str(key) for key in result}):
        if result.get(word) != expected.get(word):
            return f"{word!r} should have {expected.get(word)}, not {result.get(word)}."
    return ""


STUB = """\
task = exercise("01-3")

def gather(arrived, tasks):
    return TODO

task.check(gather)
"""

SOLUTION = """\
task = exercise("01-3")

def gather(arrived, tasks):
    first = {}
    for number, pairs in arrived:
        first.setdefault(number, pairs)
    if len(first) < tasks:
        return None
    whole = {}
    for number in range(tasks):
        for word, line in first[number]:
            whole.setdefault(word, []).append(line)
    return whole

task.check(gather)
"""

EXERCISE = Exercise(
    id="01-3",
    title="Gather",
    draw=draw,
    published=Given(),
    prompt=prompt,
    stub=STUB,
    solution=SOLUTION,
    mark=mark_code(cases, complaint, "The serial result on"),
    planted=(
        Planted("constant", STUB.replace("TODO", "None"), "every task came"),
        Planted(
            "off by one",
            SOLUTION.replace("len(first) < tasks", "len(first) < tasks - 1").replace(
                "first[number]", "first.get(number, [])"
            ),
            "half a result looks like a whole one",
        ),
        Planted(
            "memoriser",  # right for the prompt's example
            STUB.replace("TODO", "{'a': [1], 'b': [1, 2]} if tasks == 2 else None"),
            "every task came",
        ),
        Planted(
            "in the order of arrival",
            SOLUTION.replace("for number in range(tasks)", "for number in first"),
            "should have",
        ),
        Planted(
            "counts what came twice",
            SOLUTION.replace(
                "first.setdefault(number, pairs)",
                "first[number] = first.get(number, []) + pairs",
            ),
            "should have",
        ),
    ),
)
