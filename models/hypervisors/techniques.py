"""Every technique by its name on the command line, and a virtual machine for one guest."""

from __future__ import annotations

from dataclasses import replace

from models.hypervisors.binary_translation import BinaryTranslation
from models.hypervisors.hardware_assisted import HardwareAssisted
from models.hypervisors.hardware_assisted_shadow import HardwareAssistedShadow
from models.hypervisors.host import Host
from models.hypervisors.interpret import Interpret
from models.hypervisors.trap_and_emulate import TrapAndEmulate
from models.hypervisors.vm import Technique, Vm
from models.machine.board import Board, BoardOptions

NATIVE = "native"
#: Makers of engines; those in `HARDWARE` want the H extension on the physical board.
ENGINES: dict[str, Technique] = {
    "interpret": Interpret,
    "trap-and-emulate": TrapAndEmulate,
    "binary-translation": BinaryTranslation,
    "hardware-assisted-shadow": HardwareAssistedShadow,
    "hardware-assisted": HardwareAssisted,
}
HARDWARE = frozenset({"hardware-assisted-shadow", "hardware-assisted"})
TECHNIQUES = (NATIVE, *ENGINES)


def virtual_machine(technique: str, options: BoardOptions) -> Vm:
    """Make a host with one virtual machine on it.

    Parameters
    ----------
    technique
        One of `ENGINES`.
    options
        The guest's board. Tier, hot, TLB entries and holes are the physical board's as well.

    Raises
    ------
    ValueError
        For another technique.
    """
    if technique not in ENGINES:
        raise ValueError(f"technique is {technique!r}, allowed are {', '.join(ENGINES)}")
    physical = replace(options, hypervisor=technique in HARDWARE)
    return Host(options.memory, physical).create(options, ENGINES[technique])


def machine(technique: str, options: BoardOptions) -> tuple[Board, Vm | None]:
    """Make the board that software runs on: bare, or a virtual machine's, with that beside it.

    Parameters
    ----------
    technique
        One of `TECHNIQUES`.
    options
        What the software sees.

    Raises
    ------
    ValueError
        For another technique.
    """
    if technique == NATIVE:
        return Board(options), None
    vm = virtual_machine(technique, options)
    return vm.board, vm
