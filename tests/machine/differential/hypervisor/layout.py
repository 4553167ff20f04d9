"""A slot of a program with the H extension.

::

    page 0      header and trap log
    page 1, 2   code
    page 3..5   data
    page 6..9   the guest's page tables (entries are guest physical)
    page 10     a copy of the trap stubs, for the guest
    page 16..19 the second stage's root, 16 KiB
    page 20..22 its levels below
"""

from __future__ import annotations

from tests.machine.differential import layout as at

STUB, ROOT, LEVELS = 10, 16, 20

_GUEST = (
    *("hstatus", "hedeleg", "hideleg", "hvip", "hcounteren", "henvcfg", "htimedelta", "hgatp"),
    *("htval", "htinst", "mtval2", "mtinst", "vsstatus", "vstvec", "vsscratch", "vsepc"),
    *("vscause", "vstval", "vsatp", "vstimecmp", "hie"),
)
_RECORDED = (
    *("hstatus", "htval", "htinst", "mtval2", "mtinst", "vsstatus", "vscause", "vsepc", "vstval"),
    *("hip", "vsip", "vsie", "vsatp", "hvip", "hedeleg", "hgatp"),
)
#: In the order in which they are set: the delegation and the timer's grant before what needs them.
CSRS = (*at.CSRS[:-4], "menvcfg", *_GUEST, "mie", "mip", "mstatus")
MPV, M_GVA = 1 << 39, 1 << 38

WITH_H = at.Layout(
    slot_pages=32,
    batch=512,
    segments=6,
    record_bytes=512,
    csrs=CSRS,
    record_csrs=(*at.RECORD_CSRS, *_RECORDED),
    forget=MPV | M_GVA,
    quiet=("csrw vstimecmp, x2", "csrw hvip, zero", "hfence.vvma"),  # see `explained` on SPVP
    fences=("sfence.vma", "hfence.vvma", "hfence.gvma"),
)
