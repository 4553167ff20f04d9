"""Command line: ``python -m models.hypervisors run|count|generations|rules|tells|timeline|audits``.

``run`` takes what ``python -m models.machine run`` takes, and ``--technique``: what runs on the
bare board runs as a guest, unmodified. Its exit status is the same. With ``--trace`` each line says
whether the processor runs the instruction or the hypervisor emulates it.

``count`` runs every workload under every technique and keeps what was counted, ``generations`` a
unit of each on four generations of hardware, ``audits`` (or no command) chapter 6's audits.
``rules``, ``tells`` and ``timeline`` print what comes of their runs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TextIO

from models.events import Counters
from models.hypervisors import count as counts
from models.hypervisors import generations as by_generation
from models.hypervisors import kept_tables, rules, tells
from models.hypervisors.kept import NAME, as_text, measure
from models.hypervisors.techniques import NATIVE, TECHNIQUES, virtual_machine
from models.hypervisors.timeline import Work, timeline
from models.hypervisors.vm import Vm
from models.machine.__main__ import answer, run_command, run_options
from models.machine.board import Board, BoardOptions
from models.machine.tracer import Tracer


def audits(options: argparse.Namespace) -> int:
    """Write the audits; say what each comes to."""
    found = measure()
    Path(__file__).with_name(NAME).write_text(as_text(found), encoding="utf8")
    for name, audit in found.items():
        print(f"{name}: offenders {audit.facts()['Offenders']}")
    return 0


def count(options: argparse.Namespace) -> int:
    """Write what every technique induces; say how often each exits."""

    def told() -> Iterator[counts.Counted]:
        for one in counts.measure():
            print(f"{one.workload}, {one.technique}: {one.counters.total('exits')} exits")
            yield one

    file = Path(__file__).parents[1] / counts.NAME
    file.write_text(counts.as_text(told()), encoding="utf8")
    return 0


def generations(options: argparse.Namespace) -> int:
    """Write what each generation of hardware induces for a unit of work."""
    file = Path(__file__).parents[1] / by_generation.NAME
    file.write_text(by_generation.as_text(by_generation.measure()), encoding="utf8")
    return 0


def tables(options: argparse.Namespace) -> int:
    """Run and keep the tables that take longer than a page may."""
    file = Path(__file__).with_name(kept_tables.NAME)
    file.write_text(kept_tables.as_text(kept_tables.measure()), encoding="utf8")
    return 0


def run(options: argparse.Namespace) -> int:
    """Run software on the bare board, or as the guest of a technique."""
    if options.technique == NATIVE:
        return run_command(options)
    made: list[Vm] = []

    def make(guest: BoardOptions) -> Board:
        made.append(virtual_machine(options.technique, guest))
        return made[0].board

    def counted(board: Board) -> Counters:
        return made[0].counts()

    def trace(board: Board, out: TextIO, symbols: Mapping[str, int]) -> None:
        Tracer(made[0].host.board, out, symbols, "runs      ")
        Tracer(board, out, symbols, "emulates  ")

    return run_command(options, make, counted, trace)


def told(options: argparse.Namespace) -> int:
    """Say what a run of this book's own comes to."""
    print(TABLES[options.command]())
    return 0


#: Commands that print a table, and what makes it.
TABLES: dict[str, Callable[[], str]] = {
    "rules": lambda: rules.table().text(),
    "tells": tells.report,
    "timeline": lambda: timeline(Work()).beside().text(),
}


def parser() -> argparse.ArgumentParser:
    """Describe the commands."""
    top = argparse.ArgumentParser(
        prog="python -m models.hypervisors", description="Guests on a RISC-V board."
    )
    top.set_defaults(command="audits", act=audits)
    commands = top.add_subparsers(dest="command")
    guest = commands.add_parser("run", help="run a program, a kernel or a firmware as a guest")
    run_options(guest)
    guest.add_argument("--technique", choices=TECHNIQUES, default=NATIVE, help="who executes it")
    guest.set_defaults(act=run)
    marginal = commands.add_parser("generations", help="count a unit of work on each generation")
    marginal.set_defaults(act=generations)
    commands.add_parser("tables", help="run and keep what guests can tell").set_defaults(act=tables)
    counting = commands.add_parser("count", help="run all workloads under all techniques")
    counting.set_defaults(act=count)
    helps = {
        "rules": "take each trap rule out of the processor under each engine",
        "tells": "try each way in which a guest could tell, under each engine",
        "timeline": "run a guest as it was run from 1967 to 2009",
    }
    for name, text in helps.items():
        commands.add_parser(name, help=text).set_defaults(act=told)
    commands.add_parser("audits", help="run chapter 6's audits and keep them")
    return top


def main(arguments: list[str] | None = None) -> int:
    """Carry out a command line; return the exit status."""
    options = parser().parse_args(arguments)
    return answer(lambda: options.act(options))


if __name__ == "__main__":
    sys.exit(main())
