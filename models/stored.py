"""Text files that are stored beside the code."""

import pkgutil


def text(package: str, name: str) -> str:
    """One file of a package, in UTF-8.

    Not by `importlib.resources`: in the live page the book's code is one archive, whose list of
    files it reads anew for each file. That took 35 ms a file, a third of the time to live.

    Raises
    ------
    FileNotFoundError
        For a file that is not there.
    """
    try:
        data = pkgutil.get_data(package, name)
    except OSError:  # what an archive raises; it has no file name
        data = None
    if data is None:
        raise FileNotFoundError(f"{package}: no file {name}")
    return data.decode("utf-8")
