"""What a guest can see of its machine: two boards that agree in it are equal to every program."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from models.machine.board import Board


def observable(board: Board) -> dict[str, Any]:
    """All that a guest could see; a TLB's content it cannot, nor could it rely on it."""
    state = board.state()
    hart = dict(state["hart"])
    for hidden in ("instruction_tlb", "data_tlb", "reservation"):
        del hart[hidden]
    registers = hart.pop("csrs")
    kept = {name: state[name] for name in ("clock", "devices", "console", "ram")}
    return kept | hart | {f"csr {name}": value for name, value in registers.items()}


def differing(native: Board, guest: Board) -> list[str]:
    """Names of what is not the same."""
    ours, theirs = observable(native), observable(guest)
    return [name for name in ours if ours[name] != theirs[name]]


def digest(board: Board) -> str:
    """What a guest could see, in sixteen digits: two that agree are of boards that are equal."""
    return sha256(repr(observable(board)).encode()).hexdigest()[:16]
