"""The workloads: by their twins in Python, by another machine, and on every kind of board."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.guests.kernel import MEMORY, WORKLOADS, board_options, kernel_image, start
from models.machine.board import Board
from tests.guests.kernel import qemu

LIMIT = 1_000_000
SMALL = {
    "hello": 1, "compute": 500, "syscall": 40, "mapping": 9, "walk": 100, "disk": 4, "network": 9,
    "switch": 20, "selfmodifying": 20, "fork": 1,
}  # fmt: skip


def run(name: str, size: int | None = None, devices: str = "virtio", **others) -> Board:
    """A board after the whole run, which takes no million instructions."""
    board = Board(board_options(name, devices, **others))
    start(board, kernel_image(name, size))
    stop = board.run(LIMIT)
    assert (stop.reason, stop.detail) == ("halt", "pass"), (stop, bytes(board.console_output))
    return board


def last_line(text: str) -> str:
    return text.splitlines()[-1]


def expected(name: str, size: int | None = None) -> str:
    return f"checksum {WORKLOADS[name].checksum(size):016x}"


@pytest.mark.parametrize("name", WORKLOADS)
def test_equals_its_twin(name):
    board = run(name)
    assert last_line(board.console_output.decode()) == expected(name)


@pytest.mark.parametrize("name", WORKLOADS)
def test_on_another_machine(name, tmp_path):
    printed = qemu.printed(kernel_image(name), tmp_path, WORKLOADS[name].needs)
    assert last_line(printed) == expected(name)


@pytest.mark.parametrize("name", ["disk", "network"])
def test_back_ends(name):
    """The same work through both drivers; the register-level one takes far more accesses."""
    accesses = {}
    for devices, device in ("virtio", f"virtio-{name}"), ("registers", name):
        board = run(name, devices=devices)
        said = board.console_output.decode()
        assert f"{name}: {devices}\n" in said
        assert last_line(said) == expected(name)
        found = {"disk": ("virtio-block", "disk"), "network": ("virtio-net", "nic")}[name]
        device = found[devices == "registers"]
        counts = board.counters["device_accesses"]
        accesses[devices] = sum(n for key, n in counts.items() if key.startswith(device))
    assert accesses["registers"] > 3 * accesses["virtio"] > 0


def test_disk_is_written():
    board = run("disk", size=3)
    image, before = board.devices.drives[0].image(), board_options("disk").drives[0]
    changed = [
        n for n in range(len(before) // 512) if image[n * 512 :][:512] != before[n * 512 :][:512]
    ]
    assert changed == [0, 7, 14]


@pytest.mark.parametrize("name", WORKLOADS)
@pytest.mark.parametrize(
    "others",
    [
        {"tier": "step"},
        {"tier": "closures", "tlb_entries": 4},
        {"a_d_by_hardware": False},
        {"fill": 7, "instructions_per_tick": 3},
        {"hypervisor": True, "memory": 2 * MEMORY},
    ],
    ids=lambda others: "-".join(others),
)
def test_whatever_the_board(name, others):
    """Tiers, TLBs, who sets A and D, junk in memory, another pace of time, more hardware."""
    board = run(name, SMALL[name], **others)
    assert last_line(board.console_output.decode()) == expected(name, SMALL[name])


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(sorted(SMALL)), st.integers(1, 40))
def test_sizes(name, size):
    size = min(size, WORKLOADS[name].most, 4 * SMALL[name])
    assert last_line(run(name, size).console_output.decode()) == expected(name, size)


def test_what_each_workload_is_for():
    """Its counts show it: the event that it repeats, once a round or more."""
    counted = {name: run(name).counters for name in WORKLOADS}
    calls = {name: counters["traps"]["ecall-u"] for name, counters in counted.items()}
    assert calls["syscall"] > WORKLOADS["syscall"].size
    assert calls["mapping"] > 3 * WORKLOADS["mapping"].size
    assert calls["fork"] > 9 * WORKLOADS["fork"].size
    assert calls["compute"] < 10
    assert calls["walk"] < 10
    assert counted["compute"]["retired"]["U"] > 20 * counted["compute"]["retired"]["S"]
    assert counted["walk"]["traps"]["load-page-fault"] == 256
    assert counted["switch"]["interrupts"]["supervisor-timer"] > 10
    for name in "disk", "network":
        assert counted[name]["interrupts"]["supervisor-external"] >= WORKLOADS[name].size


def test_runs_repeat():
    assert run("switch", 20).state() == run("switch", 20).state()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: kernel_image("games"), "workload: 'games'; allowed: hello, compute"),
        (lambda: kernel_image("walk", 0), "size of walk: 0; allowed: 1 to"),
        (lambda: kernel_image("hello", 2), "size of hello: 2; allowed: 1 to 1"),
        (lambda: board_options("disk", "tape"), "devices: 'tape'; allowed: virtio, registers"),
        (lambda: WORKLOADS["fork"].checksum(-1), "size of fork: -1"),
    ],
)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=message):
        call()
