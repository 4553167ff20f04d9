"""Virtqueues keep their law: every buffer comes back once, and nothing else is touched."""

from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.machine.devices import DmaFault
from models.machine.devices.virtqueue import (
    BYTES_MAX,
    INDIRECT,
    NEXT,
    QueueError,
    Virtqueue,
)

from .bench import BASE, Memory
from .driver import Ring

BUFFERS, INDIRECT_TABLES = BASE + 0x4000, BASE + 0x2000


lengths = st.lists(st.integers(1, 40), max_size=2)
request = st.tuples(lengths, lengths, st.booleans()).filter(lambda r: bool(r[0] or r[1]))
batches = st.lists(st.lists(request, max_size=4), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(batches, st.integers(0, 0xFFFF))
def test_no_buffer_is_lost_duplicated_or_mixed_up(asked, origin):
    """The device answers each chain with its own bytes reversed; indices wrap at 2**16."""
    ram = Memory()
    ring, queue = Ring(ram), Virtqueue(ram)
    ring.place(queue)
    ring.offered = ring.collected = queue.taken = queue.given = origin
    ram.write(ring.available + 2, pack("<H", origin))
    ram.write(ring.used + 2, pack("<H", origin))
    where, allowed = BUFFERS, set(range(BASE, ring.end))
    for batch in asked:
        expected = []
        for readable, writable, indirect in batch:
            parts, sent = [], b""
            for length in readable:
                text = bytes((where + i) % 251 for i in range(length))
                ram.write(where, text)
                parts.append((where, length, False))
                sent, where = sent + text, where + length
            for length in writable:
                parts.append((where, length, True))
                where += length
            table = INDIRECT_TABLES + 64 * ring.free[-1] if indirect else 0
            for address, length, _ in [*parts, (table, 16 * len(parts) * indirect, False)]:
                allowed.update(range(address, address + length))
            expected.append((ring.offer(parts, table), sent, [part for part in parts if part[2]]))
        ram.touched.clear()
        for head, sent, places in expected:
            chain = queue.pop()
            assert chain is not None
            assert (chain.head, chain.read()) == (head, sent)
            written = chain.write(sent[::-1])
            queue.push(chain, written)
            assert ram.touched <= allowed
            stored = b"".join(ram.read(address, length) for address, length, _ in places)
            assert written == min(len(sent), len(stored))
            assert stored[:written] == sent[::-1][:written]
            assert ring.collect() == [(head, written)]
        assert queue.pop() is None
        assert ring.collect() == []
        assert not ring.chains


@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=5), st.binary(max_size=50), st.integers(0, 60)
)
def test_scattered_writes(lengths, text, at):
    """Writing from byte `at` on is writing into the joined buffers, whatever their boundaries."""
    ram = Memory()
    ring, queue = Ring(ram), Virtqueue(ram)
    ring.place(queue)
    starts = [BUFFERS + 16 * i for i in range(len(lengths))]
    ring.offer([(a, n, True) for a, n in zip(starts, lengths, strict=True)])
    chain = queue.pop()
    assert chain is not None
    done = chain.write(text, at)
    joined = b"".join(ram.read(a, n) for a, n in zip(starts, lengths, strict=True))
    expected = bytearray(sum(lengths))
    room = max(len(expected) - at, 0)
    expected[at : at + len(text)] = text[:room]
    assert (joined, done) == (bytes(expected[: sum(lengths)]), min(len(text), room))


def broken(write) -> Virtqueue:
    """A queue with one chain offered, descriptor 15 its head, after `write(ring)` spoilt it."""
    ram = Memory()
    ring, queue = Ring(ram), Virtqueue(ram)
    ring.place(queue)
    ring.offer([(BUFFERS, 8, False)])
    write(ring)
    return queue


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda r: r.describe(r.at, 15, (BUFFERS, 8, False), NEXT, 15), "more than 16 descriptors"),
        (lambda r: r.describe(r.at, 15, (BUFFERS, 8, False), NEXT, 16), "descriptor 16 of a table"),
        (lambda r: r.publish(99), "descriptor 99 of a table of 16"),
        (lambda r: r.ram.write(r.available + 2, pack("<H", 50)), "50 chains offered"),
        (lambda r: r.describe(r.at, 15, (BUFFERS, 2 * BYTES_MAX, True), 0, 0), "a chain of more"),
        (lambda r: r.describe(r.at, 15, (BUFFERS, 24, False), INDIRECT, 0), "indirect table of 24"),
        (lambda r: r.describe(r.at, 15, (BUFFERS, 0, False), INDIRECT, 0), "indirect table of 0"),
        (
            lambda r: r.describe(r.at, 15, (r.at + 240, 16, False), INDIRECT, 0),
            "indirect table of 16",
        ),
    ],
)
def test_a_broken_ring_is_an_error(spoil, says):
    queue = broken(spoil)
    with pytest.raises(QueueError, match=says):
        list(iter(queue.pop, None))


def test_a_readable_buffer_after_a_writable_one():
    ram = Memory()
    ring, queue = Ring(ram), Virtqueue(ram)
    ring.place(queue)
    ring.offer([(BUFFERS, 8, True), (BUFFERS, 8, False)])
    with pytest.raises(QueueError, match="readable buffer after"):
        queue.pop()


def test_memory_out_of_reach():
    queue = broken(lambda r: r.describe(r.at, 15, (0x1000, 8, False), 0, 0))
    chain = queue.pop()
    assert chain is not None
    with pytest.raises(DmaFault, match=r"DMA read of 8 bytes at 0x1000 is not allowed"):
        chain.read()


@given(st.binary(min_size=0x200, max_size=0x200))
def test_junk_ends(junk):
    """Whatever lies in memory, taking chains ends, with an error or without."""
    ram = Memory()
    ring, queue = Ring(ram), Virtqueue(ram)
    ring.place(queue)
    ram.write(BASE, junk)
    try:
        for _ in range(ring.size):
            chain = queue.pop()
            if chain is None:
                break
            chain.read()
            chain.write(b"x" * 100)
            queue.push(chain, 1)
    except (QueueError, DmaFault):
        pass
    assert all(BASE <= address < BASE + len(ram.bytes) for address in ram.touched)


def test_state_and_back():
    ram = Memory()
    ring, queue, other = Ring(ram), Virtqueue(ram), Virtqueue(ram)
    ring.place(queue)
    ring.offer([(BUFFERS, 8, False)])
    ring.offer([(BUFFERS, 8, False)])
    queue.pop()
    queue.suppress_notifications(True)
    assert ram.read(ring.used, 2) == b"\1\0"
    other.load_state(queue.state())
    assert other.state() == queue.state()
    assert other.waiting() == 1
    with pytest.raises(ValueError, match=r"virtqueue.size is 3; it is a power of two up to 256"):
        other.load_state(queue.state() | {"size": 3})
