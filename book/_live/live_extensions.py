"""Compiled modules straight from an archive on `sys.path`: each is a file only while it is loaded.

Pyodide's own way unpacks all of NumPy and loads its 19 compiled modules before anything is
imported: 0.6 of the 1.3 s from Python's start to `import numpy` done. Here only those are loaded
that are imported, and none is kept as a file.
"""

import contextlib
import os
import sys
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader
from importlib.util import spec_from_file_location
from zipimport import zipimporter

SUFFIX = EXTENSION_SUFFIXES[0]


class Loader(ExtensionFileLoader):
    """Loads one compiled module from its bytes."""

    def __init__(self, name, path, content):
        super().__init__(name, path)
        self.content = content

    def create_module(self, spec):
        """Write the file, load it, delete it."""
        with open(self.path, "wb") as file:
            file.write(self.content)
        self.content = b""
        try:
            return super().create_module(spec)
        finally:
            os.unlink(self.path)


class Finder:
    """Finds what Python's own finders do not: they expect compiled modules in folders."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        """The module's spec, if one of its package's archives has it."""
        file = name.rpartition(".")[2] + SUFFIX
        for folder in path or ():
            archive = sys.path_importer_cache.get(folder)
            if not isinstance(archive, zipimporter):
                continue
            with contextlib.suppress(OSError):  # it has no such file
                place, content = f"/lib/{name}{SUFFIX}", archive.get_data(f"{folder}/{file}")
                return spec_from_file_location(name, place, loader=Loader(name, place, content))
        return None


sys.meta_path.append(Finder)
