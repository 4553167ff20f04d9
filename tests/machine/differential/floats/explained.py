"""The differences from QEMU 7.2 that are understood, of programs with floating point."""

from __future__ import annotations

from dataclasses import replace

from tests.machine.differential import explained as plain

#: (what, why)
NOT_GENERATED: tuple[tuple[str, str], ...] = (
    *plain.NOT_GENERATED,
    (
        "flags raised by an instruction that writes no float register, while FS is not dirty",
        "QEMU 7.2 leaves FS as it is; volume II, 3.1.6.6: dirty, for fcsr is part of the state",
    ),
    (
        "CSRRS, CSRRC of fcsr with no bit to set or clear",
        "QEMU 7.2 takes them for reads; 9.1: a write, after which FS is dirty",
    ),
)
WITH_FLOATS = replace(plain.PLAIN, not_generated=NOT_GENERATED, extension="FD")
