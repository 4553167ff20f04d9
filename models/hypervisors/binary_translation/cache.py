"""The cache of translated code: pages of the hypervisor's, in the board's RAM."""

from __future__ import annotations

from collections.abc import Iterator

from models.hypervisors.binary_translation.page import Rule, TranslatedPage
from models.hypervisors.host import Host
from models.machine.memory import PAGE
from models.machine.traps import Mode


class CodeCache:
    """The translated pages of one virtual machine.

    S- and M-mode have pages of their own: what one may do the other may not.

    Parameters
    ----------
    host
        Whose pages it takes.
    offset
        Physical minus guest physical address.
    rule
        See `TranslatedPage`.
    """

    def __init__(self, host: Host, offset: int, rule: Rule | None = None):
        self._host, self._offset, self._rule = host, offset, rule
        self._pages: dict[int, dict[Mode, TranslatedPage]] = {}

    def __iter__(self) -> Iterator[TranslatedPage]:
        return (page for pages in self._pages.values() for page in pages.values())

    def holds(self, frame: int) -> bool:
        """Tell whether there is code made from a frame of the guest."""
        return any(page.lengths for page in self._pages.get(frame, {}).values())

    def find(self, frame: int, mode: Mode) -> TranslatedPage | None:
        """Return the page made from a frame of the guest."""
        return self._pages.get(frame, {}).get(mode)

    def page(self, frame: int, mode: Mode) -> TranslatedPage:
        """Return the page made from a frame of the guest; an empty one if it is new.

        Raises
        ------
        OutOfFrames
            If it is new and the hypervisor has no page left.
        """
        page = self.find(frame, mode)
        if page is None:
            place = self._host.frames.take(self._host.board)
            page = TranslatedPage(self._host, frame + self._offset, place, self._rule)
            self._pages.setdefault(frame, {})[mode] = page
        return page

    def wrote(self, low: int, high: int) -> None:
        """Forget what was made from the guest's bytes [low, high)."""
        for frame in [f for f in self._pages if low < f + PAGE and f < high]:
            for page in self._pages[frame].values():
                page.wrote(max(low - frame, 0), min(high - frame, PAGE))

    def clear(self) -> None:
        """Give everything back."""
        for page in self:
            self._host.frames.give(page.place)
        self._pages.clear()
