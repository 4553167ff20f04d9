"""08-3: the smallest exit handler on which the teaching kernel boots."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.grading.feedback import Feedback, Outcome, not_yet, passed
from models.grading.task import Attempt, Exercise, Planted
from models.grading.todo import TODO
from models.hypervisors.exits import Exit
from models.hypervisors.own_handler import Handler, HandlerError, Machine, run
from models.parameters import Parameters, parameter

#: Guests from small to large, each with instructions a tick; the first that fails is the smallest
#: counterexample.
GUESTS = {"hello": 1, "mapping": 1, "network": 1000, "switch": 1}


@dataclass(frozen=True)
class Given(Parameters):
    """How long the guests' work gets."""

    most: int = parameter(4, unit="rounds", low=2, high=8, label="The longest work of a guest")


def draw(rng: np.random.Generator) -> Given:
    """Another length."""
    return Given(most=int(rng.integers(3, 7)))


def prompt(given: Given) -> str:
    """The question."""
    return (
        "A kernel runs on the second generation: VS and VU, and a second page table that is empty. "
        "Write handle(exit, machine), which is called at each exit. It may look at exit.cause (a "
        "name such as 'load-guest-page-fault', 'ecall-vs', 'virtual-instruction'), exit.interrupt "
        "(True if the timer of the host or guest has interrupted: nothing has to be done, the "
        "guest's board notices by itself), exit.physical (a guest physical address) and exit.pc.\n"
        "It may call machine.map(address), which fills in a page of the second table, or returns "
        "False if there is no memory; and machine.emulate(), which does the guest's instruction "
        "for it, at a device, a call, or what else it was. When it returns, the guest goes on "
        "where it stands.\n"
        f"The unmodified kernel has to boot with several programs, of up to {given.most} rounds, "
        "and end in exactly the bare board's state, with at most 5,000 exits."
    )


class _UntouchedError(Exception):
    """The stub is as it was."""


def _watched(handle: Callable[..., Any]) -> Handler:
    """The reader's function; whatever it raises is told as its own."""

    def call(exit_: Exit, machine: Machine) -> None:
        try:
            answer = handle(exit_, machine)
        except Exception as error:  # a reader's code may raise anything; tell what and where
            raise HandlerError(f"at {exit_.cause} it raises {error!r}") from error
        if answer is TODO:
            raise _UntouchedError

    return call


def mark(attempt: Attempt) -> Feedback:
    """Boot guest after guest with the reader's handler."""
    if len(attempt.answers) != 1 or not callable(attempt.answers[0]):
        return not_yet("form", "Give one function: check(handle).")
    handle, exits = _watched(attempt.answers[0]), 0
    for workload, every in GUESTS.items():
        size = 1 if workload == "hello" else int(attempt.rng.integers(2, attempt.given.most + 1))
        shown = f"The kernel with {workload}" + (f", {size} rounds" if size > 1 else "")
        try:
            handled = run(workload, size, handle, every)
        except _UntouchedError:
            return Feedback(Outcome.NOT_ATTEMPTED)
        except HandlerError as error:
            return not_yet("counterexample", f"{shown}: {error}.")
        if handled.differs:
            return not_yet(
                "counterexample", f"{shown}: it ends otherwise than bare: {handled.differs}."
            )
        exits += handled.exits
    return passed(
        f"{len(GUESTS)} guests boot and end as on the bare board; {exits:,} exits in all."
    )


STUB = """\
task = exercise("08-3")

def handle(exit, machine):
    return TODO

task.check(handle)
"""
BODY = """\
    if exit.interrupt:
        return
    if exit.cause.endswith("guest-page-fault") and machine.map(exit.physical):
        return
    machine.emulate()
"""


def _answer(body: str) -> str:
    return STUB.replace("    return TODO\n", body)


EXERCISE = Exercise(
    id="08-3",
    title="The smallest exit handler",
    draw=draw,
    published=Given(),
    prompt=prompt,
    stub=STUB,
    solution=_answer(BODY),
    mark=mark,
    planted=(
        Planted("constant", _answer("    machine.emulate()\n"), "5,000 exits and no end"),
        Planted(
            "off by one",  # takes each address for memory
            _answer(BODY.replace(" and machine.map(exit.physical):\n", ":\n        "
                    "machine.map(exit.physical)\n")),
            "nothing moves: load-guest-page-fault at 0x10000004",
        ),
        Planted(
            "memoriser",  # knows the exits of the first guest alone
            _answer(BODY.replace("    machine.emulate()", "    if 'fault' in exit.cause or "
                    "exit.cause == 'ecall-vs':\n        machine.emulate()")),
            "The kernel with network",
        ),
        Planted(
            "emulates at interrupts",  # does an instruction twice
            _answer(BODY.replace("        return\n    if exit.cause", "        machine.emulate()\n"
                    "    if exit.cause", 1)),
            "it ends otherwise than bare",
        ),
    ),
)  # fmt: skip
