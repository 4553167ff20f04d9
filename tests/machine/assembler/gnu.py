"""GNU as and ld as the oracle: the same source, the same addresses, the sections' bytes."""

import subprocess
from pathlib import Path

from models.machine.assembler import Program
from tests.conftest import require_tool

PREFIX = "riscv64-linux-gnu-"
PACKAGE = "binutils-riscv64-linux-gnu"
EXTENSIONS = "h_zicsr_zifencei_zihintpause"
#: Those of the table that objdump does not know in raw bytes, where no file names them.
NOT_IN_RAW = {"H"}


def run(*command: str | Path) -> str:
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"{command}\n{done.stderr}"
    return done.stdout


def tool(name: str) -> str:
    return require_tool(PREFIX + name, PACKAGE)


def assemble(source: str, folder: Path, compressed: bool = True) -> Path:
    """Object file of GNU as, without relaxation by the linker."""
    (folder / "source.s").write_text(source)
    march = "rv64imafd" + ("c" if compressed else "") + EXTENSIONS
    arguments = (f"-march={march}", "-mpriv-spec=1.12", "-mno-relax")
    run(tool("as"), *arguments, folder / "source.s", "-o", folder / "object.o")
    return folder / "object.o"


def link(program: Program, objects: Path, folder: Path) -> dict[str, bytes]:
    """Bytes of each section when GNU ld places it where `program` has it."""
    starts = [f"--section-start={s.name}={s.address:#x}" for s in program.sections if s.size]
    out = folder / "program.elf"
    run(tool("ld"), "--no-relax", "-N", "-e", "0x80000000", *starts, objects, "-o", out)
    contents = {}
    for section in program.sections:
        if section.data:
            one = folder / "section.bin"
            run(tool("objcopy"), "-O", "binary", f"--only-section={section.name}", out, one)
            contents[section.name] = one.read_bytes()
    return contents
