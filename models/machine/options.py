"""What a board is built of."""

from __future__ import annotations

from dataclasses import dataclass

MOST_HARTS = 8
TIERS = ("auto", "webassembly", "python", "closures", "step")


@dataclass(frozen=True)
class BoardOptions:
    """What a board is built of.

    Parameters
    ----------
    memory
        Bytes of RAM, a multiple of 4096.
    instructions_per_tick
        mtime ticks once in so many instructions (10 million ticks are a second to the guest).
    tlb_entries
        Capacity of the instruction TLB and of the data TLB, a power of two.
    a_d_by_hardware
        Page-table walks set the A and D bits (else an access that needs them faults).
    holes
        Sensitive instructions and CSRs that do not trap in U-mode, see `Hart`.
    hypervisor
        The H extension is there: guests in VS- and VU-mode, two stages of translation.
    floats
        The F and D extensions are there: floating-point registers, and instructions on them.
    harts
        How many there are, which take turns (see `harts`); the device tree names hart 0 alone.
    own_firmware
        M-mode is the book's firmware: counted apart, and time stands still in it.
    fill
        Seed of the junk in RAM after a reset; None: zeros.
    tier
        How instructions are executed: "step", "closures", "python", "webassembly" (where it can be
        had), or "auto", the fastest that is there.
    hot
        What has run so many times is translated; None: as measured best for the tier.
    drives
        Images of virtio block devices, in order; each is copied on write.
    disk
        Image of the register-level disk; None: there is no such device.
    network, nic, console, iommu
        Whether there are a virtio network device, a register-level one, a virtio console and an
        IOMMU that confines the virtio devices.
    """

    memory: int = 128 << 20
    instructions_per_tick: int = 1
    tlb_entries: int = 256
    a_d_by_hardware: bool = True
    holes: tuple[str, ...] = ()
    hypervisor: bool = False
    floats: bool = False
    harts: int = 1
    own_firmware: bool = False
    fill: int | None = None
    tier: str = "auto"
    hot: int | None = None
    drives: tuple[bytes, ...] = ()
    disk: bytes | None = None
    network: bool = False
    nic: bool = False
    console: bool = False
    iommu: bool = False

    def __post_init__(self) -> None:
        if self.tier not in TIERS:
            raise ValueError(f"tier is {self.tier!r}, allowed are {', '.join(TIERS)}")
        if not 1 <= self.harts <= MOST_HARTS:
            raise ValueError(f"harts is {self.harts}, allowed are 1 to {MOST_HARTS}")
        if self.harts > 1 and self.own_firmware:
            raise ValueError(f"harts is {self.harts}, allowed with own_firmware is 1: it knows one")


STANDARD = BoardOptions()
