"""Which models run while explorers are imported: python -m tests.explorers.at_import MODULE...

Imports are done ahead of a reader's press, and by pages that show another one's explorer. What they
run is waited for by readers who never asked for it, so a model runs when its answer is first shown.
"""

import inspect
import sys
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from types import CodeType, FrameType
from typing import Any

from models.explorers.explorer import Explorer
from models.explorers.prediction import Prediction


def main(names: list[str]) -> None:
    """Print what was run, a line each."""
    called: set[CodeType] = set()

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call":
            called.add(frame.f_code)

    sys.setprofile(note)
    modules = [import_module(name) for name in names]
    sys.setprofile(None)
    found = (thing for module in modules for thing in vars(module).values())
    runs = {run for thing in found for run in _runs(thing)}
    print("\n".join(sorted(what for what, code in runs if code in called)))


def _runs(thing: object) -> Iterator[tuple[str, CodeType]]:
    """What an explorer or a prediction calls when it is shown."""
    if isinstance(thing, Explorer):
        for name in ("model", "draft", "picture"):
            if function := getattr(thing, name):
                yield f"{thing.name}: {name}", _code(function)
    elif isinstance(thing, Prediction):
        yield f"{thing.name}: truth", _code(thing.truth)


def _code(function: Callable[..., Any]) -> CodeType:
    while isinstance(function, partial):
        function = function.func
    return inspect.unwrap(function).__code__


if __name__ == "__main__":
    main(sys.argv[1:])
