"""Both ways bring the same sectors; the accesses follow from the interfaces' own definitions."""

import pytest

from models.guests.disk_read import Reading, disk_read


@pytest.mark.parametrize("sectors", [1, 8, 64])
def test_by_registers_every_word_is_an_access(sectors):
    read = disk_read(Reading("registers", sectors))
    assert read.right
    # SECTOR, COMMAND and STATUS, and 128 words, for each sector; the device moves nothing itself.
    assert (read.prepared, read.accesses, read.moved) == (0, sectors * (3 + 128), 0)


@pytest.mark.parametrize("sectors", [1, 8, 64])
def test_by_virtio_a_request_is_two_accesses_of_any_length(sectors):
    read = disk_read(Reading("virtio", sectors))
    assert read.right
    assert read.accesses == 2  # the kick, and a look at the status
    # Sectors and status; three descriptors, the header; head and index of the available ring,
    # which is looked at again when the chain is done, and its flags; id, length, used index.
    assert read.moved >= 512 * sectors + 1 + 3 * 16 + 16
    assert read.moved - 512 * sectors < 128
