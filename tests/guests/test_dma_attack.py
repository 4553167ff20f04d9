"""What a disk may overwrite, seen in memory itself; the arithmetic of pages is the oracle."""

import numpy as np
import pytest

from models.guests.dma_attack import (
    GUEST_A,
    OWNERS,
    PAGES,
    REGION,
    RING,
    TARGETS,
    Attack,
    dma_attack,
)
from models.machine.memory import PAGE, RAM_BASE

RING_PAGE = (RING - RAM_BASE) // PAGE


def expected(target: str, sectors: int) -> set[int]:
    """Pages that a transfer covers, and the page of the ring, where the answer stands."""
    start = TARGETS[target][0] - RAM_BASE
    return {RING_PAGE} | {at // PAGE for at in range(start, start + 512 * sectors, 512)}


@pytest.mark.parametrize("sectors", [1, 8, 9, 128])
@pytest.mark.parametrize("target", ["own", "edge", "neighbour", "host"])
def test_without_an_iommu_the_disk_writes_where_it_is_told(target, sectors):
    damage = dma_attack(Attack(target=target, sectors=sectors))
    assert set(np.flatnonzero(damage.changed)) == expected(target, sectors)
    assert damage.answered
    assert not damage.stopped
    assert not damage.refused


@pytest.mark.parametrize("sectors", [1, 8, 9, 128])
@pytest.mark.parametrize("target", list(TARGETS))
def test_with_an_iommu_nobody_else_is_touched(target, sectors):
    damage = dma_attack(Attack(target=target, sectors=sectors, iommu=True))
    start = TARGETS[target][0]
    inside = start >= GUEST_A and start + 512 * sectors <= GUEST_A + REGION
    assert not damage.foreign.any()
    assert set(np.flatnonzero(damage.changed)) == (expected(target, sectors) if inside else set())
    assert damage.stopped != inside
    assert damage.refused == (not inside)
    assert damage.alive


@pytest.mark.parametrize("target", list(TARGETS))
@pytest.mark.parametrize("iommu", [False, True])
def test_the_processor_keeps_its_guest_in_whatever_the_disk_does(target, iommu):
    damage = dma_attack(Attack(target=target, iommu=iommu))
    assert damage.stored_by_cpu == (target in ("own", "edge"))


def test_a_host_whose_code_is_overwritten_is_gone():
    assert not dma_attack(Attack(target="host")).alive
    assert dma_attack(Attack(target="neighbour")).alive


def test_beyond_memory_the_bus_itself_refuses():
    damage = dma_attack(Attack(target="outside"))
    assert (damage.stopped, damage.refused, damage.changed.any()) == (True, 0, False)


def test_every_page_has_one_owner():
    damage = dma_attack(Attack())
    assert np.bincount(damage.owners).tolist() == [PAGES // len(OWNERS)] * len(OWNERS)
