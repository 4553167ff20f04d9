"""Load an application's source as a given runtime with given libraries would."""

import ast
import builtins
from functools import lru_cache
from typing import Any

from models.cloud.service_models.messages import Application

Syntax = tuple[int, int]  # the language's version
STANDARD = frozenset({"collections.abc", "html", "urllib.parse"})  # of the system's image


@lru_cache(maxsize=64)  # the same source on 54 stacks of one picture
def load(source: str, libraries: frozenset[str], syntax: Syntax) -> Application:
    """The WSGI callable ``application`` of a source.

    Raises
    ------
    SyntaxError
        For words that this version of the language does not have.
    ImportError
        For a library that the image does not have, and for a source without an application.
    """
    tree = ast.parse(source, "application.py", feature_version=syntax)

    def import_(name: str, *args: Any) -> Any:
        if name not in libraries:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return builtins.__import__(name, *args)

    # This keeps to what the image has; it does not confine hostile code.
    names: dict[str, Any] = {"__builtins__": {**vars(builtins), "__import__": import_}}
    exec(compile(tree, "application.py", "exec"), names)
    if not callable(names.get("application")):
        raise ImportError("the source defines no callable named application")
    application: Application = names["application"]
    return application
