"""The table, its decoder and its encoder."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.machine.decode import decode, encode
from models.machine.encoding import parse
from models.machine.isa import BY_NAME, INSTRUCTIONS, operand_names

# Words that GNU as 2.40 gives for the line beside them.
GOLDEN = [
    (0x123452B7, "lui", {"rd": 5, "imm": 0x12345000}),
    (0xFFC10113, "addi", {"rd": 2, "rs1": 2, "imm": -4}),
    (0x43F55513, "srai", {"rd": 10, "rs1": 10, "uimm": 63}),
    (0xFE209CE3, "bne", {"rs1": 1, "rs2": 2, "imm": -8}),
    (0x004000EF, "jal", {"rd": 1, "imm": 4}),
    (0x00113423, "sd", {"rs1": 2, "rs2": 1, "imm": 8}),
    (0x30529073, "csrrw", {"rd": 0, "csr": 0x305, "rs1": 5}),
    (0x08B5272F, "amoswap.w", {"rd": 14, "rs1": 10, "rs2": 11, "aq": 0, "rl": 0}),
    (0x0FF0000F, "fence", {"fm": 0, "pred": 15, "succ": 15}),
    (0x12000073, "sfence.vma", {"rs1": 0, "rs2": 0}),
    (0x30200073, "mret", {}),
    (0x10500073, "wfi", {}),
    (0x0001, "c.nop", {}),
    (0x1141, "c.addi", {"rd": 2, "imm": -16}),
    (0xE406, "c.sdsp", {"rs2": 1, "uimm": 8}),
    (0x60A2, "c.ldsp", {"rd": 1, "uimm": 8}),
    (0x8082, "c.jr", {"rs1": 1}),
    (0x0800, "c.addi4spn", {"rd'": 8, "uimm": 16}),
    (0x7139, "c.addi16sp", {"imm": -64}),
    (0x9002, "c.ebreak", {}),
]


@pytest.mark.parametrize(("word", "name", "values"), GOLDEN, ids=[row[1] for row in GOLDEN])
def test_words_known_from_the_gnu_assembler(word, name, values):
    assert encode(name, **values) == word
    found = decode(word)
    assert found is not None
    assert found.instruction.name == name
    assert found.values == values


def allowed_values(field):
    return st.sampled_from(field.range).filter(lambda value: value not in field.forbidden)


@given(st.data())
def test_every_encodable_instruction_decodes_to_itself(data):
    row = data.draw(st.sampled_from(INSTRUCTIONS))
    values = {name: data.draw(allowed_values(field)) for name, field in row.fields.items()}
    word = encode(row.name, **values)
    found = decode(word)
    assert found is not None
    # A more specific row may own the word: fence.tso is a fence, c.nop a c.addi.
    assert found.instruction is row or found.instruction.mask & row.mask == row.mask
    if found.instruction is row:
        assert found.values == values
        assert found.length * 8 == row.bits


@given(st.integers(0, 2**32 - 1))
def test_every_word_decodes_to_nothing_or_encodes_back(word):
    found = decode(word)
    if found is not None:
        again = encode(found.instruction.name, **found.values)
        ignored = ~sum(1 << bit for bit in _written_bits(found.instruction))
        assert (again ^ found.word) & ~ignored == 0
        assert found.base.bits == 32


def _written_bits(row):
    bits = {bit for bit in range(row.bits) if row.mask >> bit & 1}
    for field in row.fields.values():
        for lsb, width, _ in field.pieces:
            bits |= set(range(lsb, lsb + width))
    return bits


def test_no_two_rows_claim_a_word_but_where_one_is_a_special_case():
    for n, one in enumerate(INSTRUCTIONS):
        for other in INSTRUCTIONS[n + 1 :]:
            if one.bits == other.bits and not (one.match ^ other.match) & one.mask & other.mask:
                special = one.mask & other.mask in (one.mask, other.mask)
                forbids = any(f.forbidden for r in (one, other) for f in r.fields.values())
                assert special or forbids, (one.name, other.name)


def test_compressed_instructions_stand_for_rows_of_the_table():
    compressed = [row for row in INSTRUCTIONS if row.compressed]
    assert len(compressed) == 37
    for row in compressed:
        base = BY_NAME[row.semantics.split()[0]]
        assert base.kind == row.kind
        found = decode(encode(row.name, **{k: f.range[-1] for k, f in row.fields.items()}))
        assert found is not None
        assert found.base is base


def test_reserved_compressed_words_are_illegal():
    for word in (0x0000, 0x2001, 0x6101, 0x6001, 0x4002, 0x6002, 0x8002, 0x8000, 0x9C41, 0x9C61):
        assert decode(word) is None, hex(word)


#: These have a rounding mode, and GNU as has no way to write it.
ALWAYS_EXACT = ("fcvt.d.s", "fcvt.d.w", "fcvt.d.wu")


def test_operands_are_fields_of_the_encoding():
    for row in INSTRUCTIONS:
        named = {name for name in operand_names(row.operands) if name != "x2"}
        unnamed = {"fm", "aq", "rl"} | ({"rm"} if row.name in ALWAYS_EXACT else set())
        assert named == row.fields.keys() - unnamed, row.name


@pytest.mark.parametrize(
    ("name", "operands", "message"),
    [
        ("addd", {}, "'addd' is not in the table"),
        ("addi", {"imm": 2048}, "imm is 2048, allowed is -2048 to 2047"),
        ("addi", {"rs2": 1}, "operand rs2 is unknown"),
        ("beq", {"imm": 3}, "in steps of 2"),
        ("c.lwsp", {"rd": 0}, "rd is 0"),
        ("c.lw", {"rd'": 3}, "rd' is 3, allowed is 8 to 15"),
    ],
)
def test_what_cannot_be_encoded_is_named(name, operands, message):
    with pytest.raises(ValueError, match=message):
        encode(name, **operands)


@pytest.mark.parametrize("text", ["0101", "nonsense 0110011", "imm[11:0] rs1 000 rd 011001"])
def test_a_wrong_pattern_is_refused(text):
    with pytest.raises(ValueError, match="pattern"):
        parse(text)
