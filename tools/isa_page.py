"""Write the appendix page of the instruction table: `python -m tools.isa_page`."""

from pathlib import Path

from models.machine.isa_reference import isa_reference

PAGE = Path(__file__).resolve().parent.parent / "book/appendix/isa_reference.md"
HEAD = """\
# The instruction set of the board

Everything here is generated from the tables that the emulated machine itself uses: what decodes,
assembles, executes and audits an instruction is the same row that you read.

"""


def page() -> str:
    """The page's text."""
    return HEAD + isa_reference()


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf8")
