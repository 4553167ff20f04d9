"""One page of translated code, at the addresses of the guest's page that it was made from.

::

    the guest's page                         the page in the cache
    100  addi sp, sp, -16                    100  addi sp, sp, -16        copied
    104  csrr a0, sscratch                   104  c.ebreak; 0             a call to the hypervisor
    108  sd   ra, 8(sp)                      108  sd   ra, 8(sp)
    10c  jal  ra, 200                        10c  jal  ra, 200
    110  not seen yet                        110  0; 0                    not translated yet

Every instruction keeps its place and its length, so return addresses, auipc and jumps are what the
guest expects, and a jump to translated code simply goes there: blocks are chained by lying where
the guest put them. 0 is the one word that the specification promises to be illegal: where nothing
is translated yet, execution comes to the hypervisor. So does a jump into the middle of a
replacement, whose second half is always illegal.

An instruction that goes on in the next page is a call as well, for that page may be another one in
another address space. Between an LR and its SC a call would be one too many: it takes the
reservation away, each time, and a loop that the specification lets end would never. So such an LR
is a call, and the hypervisor goes on itself up to the SC.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from models.hypervisors.host import Host
from models.machine.decode import Decoded, decode
from models.machine.memory import PAGE

#: Tells whether an instruction has to be replaced.
Rule = Callable[[Decoded], bool]
CALL = 0x9002  # c.ebreak: traps in every mode, on every machine
#: Instructions of a loop of LR and SC that the specification lets end.
LONGEST_LOOP = 16


def sensitive(decoded: Decoded) -> bool:
    """Tell whether an instruction's effect depends on the mode: it has to be replaced."""
    base = decoded.base
    return bool(base.privilege) or base.kind == "csr" or base.extension == "H"


def ends(decoded: Decoded) -> bool:
    """Tell whether execution never goes on behind an instruction."""
    base = decoded.base
    return (base.kind in ("jal", "jalr") and not decoded.rd) or base.name in ("sret", "mret")


class TranslatedPage:
    """What one page of guest code became, for one mode of the guest.

    Parameters
    ----------
    host
        Whose RAM it lies in.
    source
        Physical address of the guest's page.
    place
        Physical address of the page in the cache, all zero.
    rule
        What is replaced; `sensitive` if None.

    Attributes
    ----------
    lengths
        Of the guest's instructions that are translated, by offset.
    hits
        How often the hypervisor was called from an offset.
    inlined
        Offsets at which something shorter than a call stands.
    traced
        Offsets at which a call stands for a load or store that would trap.
    """

    def __init__(self, host: Host, source: int, place: int, rule: Rule | None = None):
        self._ram, self.source, self.place = host.board.ram, source, place
        self._rule = rule
        self.lengths: dict[int, int] = {}
        self.hits: Counter[int] = Counter()
        self.inlined: set[int] = set()
        self.traced: set[int] = set()
        self._taken: set[int] = set()  # halfwords that some translated instruction holds

    def word(self, offset: int) -> int | None:
        """Return the guest's instruction word; None if it goes on in the next page."""
        word = int.from_bytes(self._ram.read(self.source + offset, 2), "little")
        if word & 3 != 3:
            return word
        if offset + 4 > PAGE:
            return None
        return int.from_bytes(self._ram.read(self.source + offset, 4), "little")

    def translate(self, offset: int) -> bool:
        """Translate from an offset up to where execution cannot go on, or did before.

        Returns
        -------
        bool
            Whether anything was: not if that place is translated, or in the middle of something.
        """
        start, code, rule = offset, bytearray(), self._rule or sensitive
        while offset < PAGE and offset not in self._taken:
            word = self.word(offset)
            decoded = None if word is None else decode(word)
            length = 2 if word is None or word & 3 != 3 else 4
            if length == 4 and offset + 2 in self._taken:
                break  # the guest's instructions overlap: this one is left to emulation
            called = word is None or decoded is None or rule(decoded)
            if decoded is not None and decoded.base.kind == "lr":
                called = called or self._parted(offset + length)
            code += (CALL if called or word is None else word).to_bytes(length, "little")
            self.lengths[offset] = length
            self._taken.update(range(offset, offset + length, 2))
            offset += length
            if (decoded is None and word is not None) or (decoded and ends(decoded)):
                break
        if code:
            self._ram.write(self.place + start, bytes(code))
        return offset > start

    def _parted(self, offset: int) -> bool:
        """Tell whether the page ends, or a call stands, between what follows an LR and its SC."""
        rule = self._rule or sensitive
        for _ in range(LONGEST_LOOP):
            word = self.word(offset) if offset < PAGE else None
            decoded = None if word is None else decode(word)
            if decoded is None or rule(decoded):
                return True
            if decoded.base.kind == "sc":
                return False
            offset += decoded.length
        return False

    def inline(self, offset: int, word: int) -> None:
        """Let a 32-bit instruction stand in place of a call."""
        self._ram.write(self.place + offset, word.to_bytes(4, "little"))
        self.inlined.add(offset)

    def call(self, offset: int) -> None:
        """Let a call stand, again or for the first time, whatever the instruction is."""
        length = self.lengths[offset]
        self._ram.write(self.place + offset, CALL.to_bytes(length, "little"))
        self.inlined.discard(offset)

    def trace(self, offset: int) -> None:
        """Let a call stand for an access, which would trap anyway."""
        self.call(offset)
        self.traced.add(offset)

    def untrace(self, offset: int) -> None:
        """Let the access itself stand again."""
        word = self.word(offset)
        assert word is not None  # or it had never been translated but to a call
        self._ram.write(self.place + offset, word.to_bytes(self.lengths[offset], "little"))
        self.traced.discard(offset)

    def wrote(self, low: int, high: int) -> None:
        """Forget what was made from the guest's bytes [low, high), offsets in this page."""
        for offset in range(max(low - 3, 0) & ~1, min(high, PAGE), 2):
            length = self.lengths.get(offset, 0)
            if length and offset + length > low:
                del self.lengths[offset]
                self.hits.pop(offset, None)
                self.inlined.discard(offset)
                self.traced.discard(offset)
                self._taken.difference_update(range(offset, offset + length, 2))
                self._ram.write(self.place + offset, bytes(length))
