"""Every instruction to text and back; and the text against objdump's."""

import random
import re
from pathlib import Path

import pytest

from models.machine.assembler import assemble
from models.machine.csr_names import NUMBERS
from models.machine.decode import decode, encode
from models.machine.disassembler import disassemble, disassemble_bytes
from models.machine.encoding import Field
from models.machine.isa import INSTRUCTIONS
from tests.machine.assembler import gnu

BASE = 0x8000_0000
EACH = 40


def words(seed: int, each: int = EACH) -> list[int]:
    """Random encodings of every row of the table."""
    rng = random.Random(seed)
    found = []
    for row in INSTRUCTIONS:
        for _ in range(each):
            values = {name: _value(field, rng) for name, field in row.fields.items()}
            if "csr" in values and rng.random() < 0.8:
                values["csr"] = rng.choice(list(NUMBERS.values()))
            found.append(encode(row.name, **{**values, "fm": 0} if "fm" in values else values))
    rng.shuffle(found)
    return found


def _value(field: Field, rng: random.Random) -> int:
    value = rng.choice(field.range)
    return _value(field, rng) if value in field.forbidden else value


def code(some: list[int]) -> bytes:
    return b"".join(word.to_bytes(4 if word & 3 == 3 else 2, "little") for word in some)


@pytest.mark.parametrize("aliases", [False, True])
def test_every_instruction_survives_the_round_trip(aliases: bool) -> None:
    some = [w for w in words(1) if not aliases or w & 3 == 3]  # aliases name the long form
    lines = list(disassemble_bytes(code(some), BASE, aliases=aliases))
    assert [line.word for line in lines] == some
    seen = {decode(w).instruction.name for w in some if decode(w) and disassemble(w)[0] != "."}
    expected = {row.name for row in INSTRUCTIONS if not aliases or row.bits == 32}
    assert seen == expected
    # A branch is written with its absolute target; the lines go back to the same addresses.
    jumps = [line for line in lines if decode(line.word) and _jumps(line.word)]
    source = ".option norvc\n" + "\n".join(line.text for line in lines if line not in jumps)
    rest = b"".join(code([line.word]) for line in lines if line not in jumps)
    assert assemble(source).image()[1] == rest
    for line in jumps[:: 1 if aliases else 2]:
        head, _, target = line.text.rpartition("0x")
        text = f"{head}. + {int(target, 16) - line.address}"
        again = assemble(".option norvc\n" + text, origin=line.address).image()[1]
        assert again == code([line.word]), line


def _jumps(word: int) -> bool:
    decoded = decode(word)
    return decoded is not None and decoded.base.kind in ("branch", "jal")


def test_any_16_bits_give_text_that_assembles_to_them() -> None:
    rng = random.Random(2)
    some = [w for w in rng.sample(range(1 << 16), 4000) if w & 3 != 3 and not _jumps(w)]
    source = "\n".join(disassemble(w, aliases=False) for w in some)
    assert assemble(source).image()[1] == code(some)


def test_any_32_bits_give_text_that_assembles_to_them() -> None:
    rng = random.Random(3)
    some = [rng.getrandbits(32) | 3 for _ in range(4000)]
    some = [w for w in some if not _jumps(w)]
    source = ".option norvc\n" + "\n".join(disassemble(w) for w in some)
    assert assemble(source).image()[1] == code(some)


@pytest.mark.binutils
def test_the_text_is_that_of_objdump(tmp_path: Path) -> None:
    """Exact names and operands, but for what objdump writes differently on purpose."""
    known = [(w, decode(w)) for w in words(4) if disassemble(w)[0] != "."]
    # The names of the others GNU as tells, see assembler/.
    some = [w for w, it in known if it and it.instruction.extension not in gnu.NOT_IN_RAW]
    (tmp_path / "code.bin").write_bytes(code(some))
    options = ("-b", "binary", "-m", "riscv:rv64", "-M", "no-aliases", f"--adjust-vma={BASE:#x}")
    text = gnu.run(gnu.tool("objdump"), "-D", *options, tmp_path / "code.bin")
    theirs = re.findall(r"^\s*[0-9a-f]+:\t[0-9a-f]+\s+(.+)$", text, re.MULTILINE)
    ours = [line.text for line in disassemble_bytes(code(some), BASE, aliases=False)]
    assert len(theirs) == len(ours)
    differ = [(a, b) for a, b in zip(map(_plain, ours), map(_plain, theirs), strict=True) if a != b]
    assert differ == []


def _plain(text: str) -> str:
    """Drop blanks and comments, and make numbers decimal."""
    text = re.sub(r"\s*(#|<).*", "", text.replace("\t", " ").replace(", ", ","))
    text = text.replace("unknown", "0").replace("c.addi zero,0", "c.nop")
    text = re.sub(r"c\.(slli|srli|srai)64 (\w+)", r"c.\1 \2,0", text)
    return re.sub(r"\b0x[0-9a-f]+", lambda m: str(int(m[0], 16)), text.strip())


def test_targets_name_symbols_and_aliases_read_well() -> None:
    program = assemble("loop: addi a0, a0, -1\n bnez a0, loop\n call loop\n ret\n csrr a0, satp")
    base, memory = program.image()
    names = {address: name for name, address in program.symbols.items()}
    texts = [line.text for line in disassemble_bytes(memory, base, symbols=names)]
    assert texts == [
        "addi a0, a0, -1",
        "bnez a0, 0x80000000  # loop",
        "auipc ra, 0x0",
        "jalr -4(ra)",
        "ret",
        "csrr a0, satp",
    ]


def test_what_is_no_instruction_is_data() -> None:
    assert disassemble(0xFFFFFFFF) == ".word 0xffffffff"
    assert disassemble(0) == ".half 0x0000"
    assert [line.text for line in disassemble_bytes(b"\x13\x05\x05", 0)] == [".half 0x0513"]
