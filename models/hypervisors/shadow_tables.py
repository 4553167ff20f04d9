"""Page tables that the hypervisor keeps in the board's RAM, for the board's hart to walk.

Each page of them stands for one table of the guest, in one role, entry by entry: so when the guest
writes entry 7 of its table, entry 7 here goes. A guest's table that serves many address spaces, as
a kernel's half does, has one page here for all of them. A page can also stand for a piece of a
larger guest page, or of guest physical memory, that has no table of its own.

::

    guest's tables (guest physical)          shadow (the hypervisor's pages)

    root --7--> middle --2--> leaf            root' --7--> middle' --2--> leaf'
                                |                                            |
                                v                                            v
                          guest frame 0x80123                     board's frame 0x81323
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field

from models.hypervisors.host import Host
from models.machine.paging import V, W


@dataclass(eq=False)
class ShadowPage:
    """One page of shadow tables.

    Attributes
    ----------
    key
        What it stands for.
    frame
        Its address on the board.
    parents
        The entries, of other pages, that point to it.
    children
        By index, the pages that it points to.
    writable
        By index, the frames that it lets the guest write.
    """

    key: Hashable
    frame: int
    parents: set[tuple[ShadowPage, int]] = field(default_factory=set)
    children: dict[int, ShadowPage] = field(default_factory=dict)
    writable: dict[int, int] = field(default_factory=dict)


class ShadowTables:
    """The shadow pages of one virtual machine.

    Parameters
    ----------
    host
        Whose pages and RAM it takes.
    """

    def __init__(self, host: Host):
        self._host, self._ram = host, host.board.ram
        self._pages: dict[Hashable, ShadowPage] = {}
        self._writable: dict[int, set[tuple[ShadowPage, int]]] = {}

    def __len__(self) -> int:
        return len(self._pages)

    def page(self, key: Hashable) -> ShadowPage:
        """Return the page that stands for something; an empty one if it is new.

        Raises
        ------
        OutOfFrames
            If it is new and the hypervisor has no page left.
        """
        page = self._pages.get(key)
        if page is None:
            page = ShadowPage(key, self._host.frames.take(self._host.board))
            self._pages[key] = page
        return page

    def _write(self, page: ShadowPage, index: int, entry: int) -> None:
        self._ram.u64[(page.frame - self._ram.base >> 3) + index] = entry

    def link(self, page: ShadowPage, index: int, child: ShadowPage) -> None:
        """Let an entry point to another page."""
        if page.children.get(index) is not child:
            self.clear(page, index)
            page.children[index] = child
            child.parents.add((page, index))
            self._write(page, index, child.frame >> 12 << 10 | V)

    def map(self, page: ShadowPage, index: int, frame: int, flags: int) -> None:
        """Let an entry translate to a frame of the board, with these flags."""
        self.clear(page, index)
        if flags & W:
            page.writable[index] = frame
            self._writable.setdefault(frame, set()).add((page, index))
        self._write(page, index, frame >> 12 << 10 | flags)

    def clear(self, page: ShadowPage, index: int) -> None:
        """Empty an entry; what the TLB holds of it stays until a fence, as on any machine."""
        child = page.children.pop(index, None)
        if child is not None:
            child.parents.discard((page, index))
        frame = page.writable.pop(index, None)
        if frame is not None:
            self._writable[frame].discard((page, index))
        self._write(page, index, 0)

    def protect(self, frame: int) -> None:
        """Let nobody write a frame any more."""
        places = self._writable.pop(frame, set())
        for page, index in places:
            del page.writable[index]
            at = (page.frame - self._ram.base >> 3) + index
            self._ram.u64[at] &= ~W
        if places:
            self._host.processor.fence()

    def drop(self, page: ShadowPage) -> None:
        """Give a page back, and empty what points to it."""
        for parent, index in list(page.parents):
            self.clear(parent, index)
        for index in [*page.children, *page.writable]:
            self.clear(page, index)
        del self._pages[page.key]
        self._host.frames.give(page.frame)
        self._host.processor.fence()

    def reset(self) -> None:
        """Give everything back."""
        for page in self._pages.values():
            self._host.frames.give(page.frame)
        self._pages.clear()
        self._writable.clear()
        self._host.processor.fence()
