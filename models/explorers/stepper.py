"""Chapter 6: the single-stepper, forward and back through an example program."""

from models.explorers import assets, look, programs
from models.explorers.machine import Machine, MachineView, Still
from models.machine.debugger import Debugger

FIRST_STEPS = 16


class StepperView(MachineView):
    """The live stepper: a list of examples above the machine."""

    _esm = assets.machine_module("renderStepper", "stepper.js")


class Stepper(Machine):
    """The stepper; its still form shows the first steps."""

    name = "stepper"
    title = "The machine, step by step"
    more = "Run live to step on, and back, through this and other programs."
    widget = StepperView

    def still(self) -> Still:
        """The first steps, a row each."""
        rows = look.trace(Debugger(self.program), FIRST_STEPS)
        caption = f"The first {len(rows)} steps. {programs.title(self.example)}"
        return Still(caption, ("Step", "Mode", "Address", "Instruction", "What changed"), rows)


stepper = Stepper("user")
