"""Chapter 6: the assembly playground: write a program, see its errors at the line, step it."""

from models.explorers import assets, look, programs
from models.explorers.machine import Machine, MachineView, Still


class PlaygroundView(MachineView):
    """The live playground: an editor above the machine."""

    _esm = assets.machine_module("renderPlayground", "own_programs.js", "playground.js")


class Playground(Machine):
    """The playground; its still form shows what the example assembles to."""

    name = "playground"
    title = "Write your own program"
    more = "Run live to change it, or to write another."
    widget = PlaygroundView

    def still(self) -> Still:
        """The listing, a row a line."""
        rows = [
            [str(line["line"]), line["address"], line["bytes"], line["label"], line["source"]]
            for line in look.listing(self.program)
        ]
        caption = f"Assembled: {programs.title(self.example)}"
        return Still(caption, ("Line", "Address", "Bytes", "Label", "Source"), rows)


playground = Playground("hello")
