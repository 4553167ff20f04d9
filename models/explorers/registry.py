"""Every explorer and prediction of the book, found where chapters declare them."""

import pkgutil
from importlib import import_module
from typing import TypeVar

import models.explorers
from models.explorers.explorer import Explorer
from models.explorers.prediction import Prediction

Named = TypeVar("Named", Explorer, Prediction)


def explorers() -> list[Explorer]:
    """Every explorer at module level in this package, by name."""
    return _found(Explorer)


def predictions() -> list[Prediction]:
    """Every prediction at module level in this package, by name."""
    return _found(Prediction)


def _found(kind: type[Named]) -> list[Named]:
    found: dict[str, Named] = {}
    for module in pkgutil.iter_modules(models.explorers.__path__, "models.explorers."):
        for thing in vars(import_module(module.name)).values():
            # A chapter may import another's explorer; that is the same one, not a second.
            if isinstance(thing, kind) and found.setdefault(thing.name, thing) is not thing:
                raise ValueError(f"{module.name}: a second {kind.__name__} named {thing.name}")
    return [found[name] for name in sorted(found)]
