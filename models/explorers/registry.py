"""Every explorer and prediction of the book, found where chapters declare them."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Any, TypeVar

import models.explorers
from models.explorers.explorer import Explorer
from models.explorers.prediction import Prediction
from models.explorers.view import Widget

Named = TypeVar("Named", Explorer, Prediction)


def explorers() -> list[Explorer]:
    """Every explorer at module level in this package, by name."""
    return _found(Explorer)


def predictions() -> list[Prediction]:
    """Every prediction at module level in this package, by name."""
    return _found(Prediction)


def others() -> list[Any]:
    """Every other output at module level that a widget makes live, by name."""
    found: dict[str, Any] = {}
    for thing in _declared():
        known = isinstance(thing, Explorer | Prediction | type)
        if not known and isinstance(getattr(thing, "view", None), Widget):
            found[thing.name] = thing
    return [found[name] for name in sorted(found)]


def _found(kind: type[Named]) -> list[Named]:
    found: dict[str, Named] = {}
    for thing in _declared():
        # A chapter may import another's explorer; that is the same one, not a second.
        if isinstance(thing, kind) and found.setdefault(thing.name, thing) is not thing:
            raise ValueError(f"a second {kind.__name__} is named {thing.name}")
    return [found[name] for name in sorted(found)]


def _declared() -> Iterator[Any]:
    """Whatever stands at module level in this package."""
    for module in pkgutil.iter_modules(models.explorers.__path__, "models.explorers."):
        yield from vars(import_module(module.name)).values()
