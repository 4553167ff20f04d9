r"""An assembler for RV64IMAC as GNU as understands it, made from the instruction table.

>>> program = assemble("_start: li a0, 42\n ret")
>>> program.image()[1].hex(" ", 2)
'02a9 5180'
"""

from __future__ import annotations

from collections.abc import Mapping

from models.machine.assembler.assembler import Assembler
from models.machine.assembler.errors import AssemblyError, Location
from models.machine.assembler.program import ListedLine, Placed, Program

__all__ = ["AssemblyError", "ListedLine", "Location", "Placed", "Program", "assemble"]

RAM = 0x8000_0000


def assemble(
    source: str,
    *,
    name: str = "<source>",
    origin: int = RAM,
    compressed: bool = True,
    defines: Mapping[str, int] | None = None,
    includes: Mapping[str, str] | None = None,
    addresses: Mapping[str, int] | None = None,
) -> Program:
    """Assemble a whole program.

    Parameters
    ----------
    source : str
        The text.
    name : str
        Its name in messages.
    origin : int
        Address of the first section.
    compressed : bool
        Whether 16-bit instructions are chosen where they fit, as `.option rvc` switches too.
    defines : mapping, optional
        Names with values, as if by `.set` before the first line.
    includes : mapping, optional
        Text of the files that `.include` may name.
    addresses : mapping, optional
        Addresses of sections that are not to follow the others.

    Returns
    -------
    Program
        Sections at their addresses, symbols and listing.

    Raises
    ------
    AssemblyError
        If the source is refused: with file, line, column, the word at fault and what is allowed.
    """
    assembler = Assembler(compressed, defines or {}, includes or {})
    assembler.read(source, name)
    return assembler.finish(origin, addresses or {}, Location(name, 1, 1, ""))
