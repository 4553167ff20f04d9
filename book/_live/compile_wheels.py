"""Compile each wheel of /job/in to bytecode in /job/out (run by compile_wheels.mjs in Pyodide).

Compiling in the reader's browser took 6 of 13 seconds to live. The .pyc files are 'unchecked', so
Python never looks for the source; entries are sorted and carry one fixed date, so the same wheel
gives the same bytes.
"""

import importlib.util
import marshal
import re
import zipfile
from pathlib import Path

# What no page runs: tests, type stubs, Fortran and C tooling, JupyterLab's copies of JavaScript.
USELESS = re.compile(
    r"(^|/)(tests?|testing/tests|_pyinstaller|f2py|include|lib/pkgconfig)/|\.(pyi|h|a|pxd|c)$"
    r"|\.data/|labextension/|nbextension/|/conftest\.py$"
    # of IPython: what only its shell uses, which the page does without (live_kernel.py)
    r"|^IPython/(core/(magic|profile)|extensions|external|sphinxext|terminal|testing/plugin)"
)
UNCHECKED = (0b01).to_bytes(4, "little") + bytes(8)
FIXED_DATE = (1980, 1, 1, 0, 0, 0)


def bytecode(source: bytes, name: str) -> bytes:
    """The content of a .pyc file that is never checked against a source."""
    code = compile(source, name, "exec", dont_inherit=True, optimize=0)
    return importlib.util.MAGIC_NUMBER + UNCHECKED + marshal.dumps(code)


def entries(archive: zipfile.ZipFile, keep_source: bool):
    """The names and contents of the compiled wheel."""
    for name in archive.namelist():
        if name.endswith("/") or (USELESS.search(name) and not keep_source):
            continue
        content = archive.read(name)
        if not name.endswith(".py"):
            yield name, content
            continue
        if keep_source:
            yield name, content
        # Beside the source: that is where an import from an archive looks first.
        yield name + "c", bytecode(content, name)


for wheel in sorted(Path("/job/in").glob("*.whl")):
    # The book's own package keeps its source: a reader may look at it, and tracebacks quote it.
    keep_source = wheel.name.startswith("models-")
    with zipfile.ZipFile(wheel) as source:
        members = sorted(entries(source, keep_source))
    with zipfile.ZipFile(f"/job/out/{wheel.name}", "w") as target:
        for name, content in members:
            entry = zipfile.ZipInfo(name, FIXED_DATE)
            target.writestr(entry, content, zipfile.ZIP_DEFLATED, compresslevel=9)
