"""Every instruction handled in Python: the baseline, and what a machine without traps leaves.

The physical hart never runs a guest's instruction, so nothing has to trap, and nothing is fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.machine.codecache import KeepsCode

if TYPE_CHECKING:
    from models.hypervisors.vm import Vm


class Interpret:
    """The engine "interpret".

    Parameters
    ----------
    vm
        Whose guest it runs.
    """

    name = "interpret"
    shadowed = False

    def __init__(self, vm: Vm):
        self._vcpu = vm.vcpu
        self.watcher: KeepsCode | None = None

    def run_slice(self) -> None:
        """See `Engine`."""
        vcpu = self._vcpu
        while vcpu.fuel[0] > 0 and not vcpu.hart.attention:
            vcpu.emulate()
