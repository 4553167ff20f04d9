"""One reader at one machine: messages in, what the page shows out. Knows nothing of widgets."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from models.explorers import failures, look, programs
from models.machine.assembler import AssemblyError, Program
from models.machine.debugger import Debugger, build
from models.machine.semantics import M64

MOST_STEPS = 1_000_000  # of one message: the page asks for a long run slice by slice
MOST_SOURCE = 20_000  # characters


class Refused(ValueError):
    """A wish that cannot be met, in words for the reader."""


class Bench:
    """A program on a machine.

    Parameters
    ----------
    name
        Of the example that stands there first.

    Attributes
    ----------
    source
        What is loaded.
    """

    def __init__(self, name: str):
        self.name = name
        self.memory: int | None = None
        self.breakpoints: set[int] = set()
        self.load(programs.source(name), f"{name}.S")

    def load(self, source: str, name: str = "program.S") -> None:
        """Assemble and load; AssemblyError leaves what was there."""
        if len(source) > MOST_SOURCE:
            raise Refused(f"{len(source):,} characters; allowed: up to {MOST_SOURCE:,}")
        program = build(source, name)
        try:
            self.start(program)
        except ValueError as error:  # larger than the machine's memory
            raise Refused(str(error)) from None
        self.source = source

    def start(self, program: Program) -> None:
        """Put a program at its beginning."""
        self.debugger = Debugger(program)
        self.program = program
        self.breakpoints &= {line.address for line in program.lines}
        self.memory = None

    def state(self, before: list[int] | None = None) -> dict[str, Any]:
        """What the page shows."""
        now = list(self.debugger.board.hart.x[:32])
        return look.state(self.debugger, before or now, self.memory) | {
            "source": self.source,
            "listing": look.listing(self.program),
            "breakpoints": [f"{address:#x}" for address in sorted(self.breakpoints)],
            "refusal": "",
            "error": None,
            "stop": "",
            "moved": 0,
        }

    def receive(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Answer one message; `do` names what is wanted (see the methods `_do_...`)."""
        before = list(self.debugger.board.hart.x[:32])
        count = self.debugger.count
        extra: dict[str, Any] = {}
        try:
            extra = self.ACTIONS[message["do"]](self, message) or {}
        except AssemblyError as error:
            extra = {"error": told(error)}
        except Refused as refusal:
            extra = {"refusal": str(refusal)}
        # Whatever a model raises must reach the reader as words and the tests as a record.
        except Exception as error:
            extra = {"refusal": failures.record(error, f"bench: {message}")}
        return self.state(before) | {"moved": self.debugger.count - count} | extra

    # ------------------------------------------------------------------ what may be asked
    def _do_run(self, message: Mapping[str, Any]) -> dict[str, Any]:
        steps = _steps(message)
        # One step looks at no breakpoint: it has to leave the one it stands on.
        stop = self.debugger.run(steps, self.breakpoints if steps > 1 else ())
        return {"stop": "breakpoint" if stop.reason == "condition" else stop.reason}

    def _do_back(self, message: Mapping[str, Any]) -> None:
        self.debugger.back(min(_steps(message), self.debugger.count))

    def _do_reset(self, message: Mapping[str, Any]) -> None:
        self.start(self.program)

    def _do_example(self, message: Mapping[str, Any]) -> None:
        name = message["name"]
        if name not in programs.NAMES:
            raise Refused(f"program: {name!r}; allowed: {', '.join(programs.NAMES)}")
        self.load(programs.source(name), f"{name}.S")
        self.name = name

    def _do_load(self, message: Mapping[str, Any]) -> None:
        self.load(str(message["source"]))

    def _do_check(self, message: Mapping[str, Any]) -> dict[str, Any]:
        """Assemble what is being typed and leave the machine alone."""
        source = str(message["source"])
        if len(source) > MOST_SOURCE:
            raise Refused(f"{len(source):,} characters; allowed: up to {MOST_SOURCE:,}")
        program = build(source)
        size = sum(len(line.data) for line in program.lines)
        return {"checked": f"Assembles to {size:,} bytes."}

    def _do_break(self, message: Mapping[str, Any]) -> None:
        self.breakpoints ^= {int(message["address"], 16)}

    def _do_memory(self, message: Mapping[str, Any]) -> None:
        text = str(message["address"]).strip()
        if not text:
            self.memory = None
        elif text in self.program.symbols:
            self.memory = self.program.symbols[text]
        else:
            try:
                address = int(text, 16)
            except ValueError:
                address = -1
            if not 0 <= address <= M64:
                labels = ", ".join(sorted(self.program.homes)) or "none here"
                raise Refused(
                    f"memory: {text!r}; allowed: a hexadecimal address, or a label ({labels}), "
                    f"addresses from 0 up to {M64:x}"
                )
            self.memory = address

    ACTIONS: ClassVar[dict[str, Callable[..., Any]]] = {
        "run": _do_run,
        "back": _do_back,
        "reset": _do_reset,
        "example": _do_example,
        "load": _do_load,
        "check": _do_check,
        "break": _do_break,
        "memory": _do_memory,
    }


def _steps(message: Mapping[str, Any]) -> int:
    steps = int(message.get("steps", 1))
    if not 1 <= steps <= MOST_STEPS:
        raise Refused(f"steps: {steps:,}; allowed: 1 to {MOST_STEPS:,}")
    return steps


def told(error: AssemblyError) -> dict[str, Any]:
    """Where an error stands, and what may stand there."""
    what = f"{error.token}: {error.problem}" if error.token else error.problem
    return {
        "line": error.line,
        "column": error.column,
        "text": f"Line {error.line}, column {error.column}: {what}; allowed: {error.allowed}",
    }
