"""What every live page imports before its first cell, done once: at build time, for the snapshot.

`snapshot.mjs` runs this in the Pyodide that the page will load and keeps the memory, which the page
starts from. So nothing here may touch the page (`js`, `pyodide.ffi`), read a clock or draw a
number.
"""

import gc
import importlib.metadata
import importlib.util
import sys
import types

import live_extensions  # noqa: F401


def stand_in(name, **attributes):
    """Put a module of our own where Python would import a package's heavy one."""
    module = types.ModuleType(name)
    vars(module).update(attributes)
    sys.modules[name] = module
    return module


def light_package(name, **attributes):
    """Make a package's submodules importable without running its __init__."""
    folder = importlib.util.find_spec(name).submodule_search_locations
    return stand_in(name, __path__=folder, **attributes)


class NoShell:
    """Says that there is no shell yet; `live_kernel.Shell` takes its place."""

    @classmethod
    def initialized(cls):
        """Whether there is a shell."""
        return False


# Of IPython a page needs the formatters, display() and its objects. Its shell, terminal, history,
# magics and coloured tracebacks are 1.2 of 1.5 seconds of start, and 3 MB: `Shell` stands in.
light_package("IPython")
light_package("traitlets.config")
stand_in("IPython.core.interactiveshell", InteractiveShell=NoShell)

from IPython.core import getipython  # noqa: E402

sys.modules["IPython"].get_ipython = getipython.get_ipython

# What NumPy and `models` import of Python's own library, which Pyodide has as source: compiling it
# in the page took a quarter of a second. (ctypes is not among it: a snapshot loses its callbacks.)
NEEDED = "difflib hashlib hmac importlib.readers pickle pkgutil secrets tomllib"
for module in NEEDED.split():
    importlib.import_module(module)

# What live_kernel and `models` import of others, NumPy apart: it is a compiled library, which a
# snapshot cannot hold.
import anywidget  # noqa: E402, F401
import IPython.core.displaypub  # noqa: E402
import IPython.core.formatters  # noqa: E402
import IPython.display  # noqa: E402, F401

# A package that asks for its own version leaves every archive open, in a cache.
importlib.metadata.MetadataPathFinder.invalidate_caches()
gc.collect()
