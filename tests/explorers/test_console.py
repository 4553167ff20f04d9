"""The console: message by message, and its script in a real browser."""

import pytest
from playwright.sync_api import expect

from models.explorers import boots, failures
from models.explorers.boots import LARGE, PROGRAMS
from models.explorers.console import ConsoleView, console
from models.explorers.terminal import MOST_TYPED, Terminal, readable
from models.explorers.view import WIDGET_VIEW
from models.guests.kernel import WORKLOADS
from models.machine.assembler import assemble
from models.machine.layout import KERNEL, RAM
from tests.conftest import require_file

OPENSBI = "/usr/lib/riscv64-linux-gnu/opensbi/generic/fw_dynamic.bin"
UBOOT = "/usr/lib/u-boot/qemu-riscv64_smode/u-boot.bin"


def image(source, origin):
    return assemble(source, origin=origin).image()[1]


FIRMWARE = image("li t0, 0x10000000; li t1, 'F'; sb t1, 0(t0); 1: j 1b", RAM)
#: Prints "K" by the console call of the book's firmware (SBI, debug console).
KERNEL_IMAGE = image("li a7, 0x4442434e; li a6, 2; li a0, 'K'; ecall; 1: j 1b", KERNEL)


def test_a_terminal_runs_types_and_steps():
    terminal = Terminal()
    state = terminal.receive({"do": "run", "steps": 100_000})
    assert (state["stop"], state["waiting"], state["mode"]) == ("wfi", True, "M")
    assert state["output"].endswith("\n> ")
    terminal.receive({"do": "type", "text": "t"})
    first = terminal.receive({"do": "run", "steps": 1})
    assert first["count"] == state["count"] + 1
    assert first["text"] != "(not fetched yet)"
    state = terminal.receive({"do": "run", "steps": 100_000})
    assert (state["traps"], state["interrupts"]) == (1, 1)
    assert "trap caught, cause 2" in state["output"]
    terminal.receive({"do": "type", "text": "o"})
    state = terminal.receive({"do": "run", "steps": 100_000})
    assert state["ended"] == "It switched itself off (code 0)."
    assert terminal.receive({"do": "run", "steps": 5})["count"] == state["count"]
    assert terminal.receive({"do": "reset"})["count"] == 0


def test_a_backspace_takes_a_character_back():
    assert readable(b"stop:  2 \b\b\b 0\r\n=> ") == "stop:  0\n=> "


def test_commands_to_a_terminal_are_not_shown():
    assert readable(b"~ # \x1b[6n\x1b[1;31mred\x1b[m") == "~ # red"


def test_the_next_instruction_is_told_without_running_it():
    terminal = Terminal()
    before = terminal.board.state()
    assert terminal.state()["text"] == "auipc sp, 0x1"
    assert terminal.board.state() == before


@pytest.mark.parametrize(
    ("parts", "output"), [((FIRMWARE, KERNEL_IMAGE), "F"), ((b"", KERNEL_IMAGE), "K")]
)
def test_own_images_boot(parts, output):
    terminal = Terminal()
    sizes = [len(part) for part in parts] + [0]
    state = terminal.receive({"do": "boot", "sizes": sizes}, [p for p in parts if p])
    assert (state["refusal"], state["count"]) == ("", 0)
    assert terminal.board.options.memory == LARGE
    assert terminal.receive({"do": "run", "steps": 5000})["output"] == output
    terminal.receive({"do": "reset"})
    assert terminal.receive({"do": "run", "steps": 5000})["output"] == output
    assert terminal.receive({"do": "start", "program": "monitor"})["output"] == ""
    assert "monitor" in terminal.receive({"do": "run", "steps": 5000})["output"]


@pytest.mark.parametrize("name", [name for name in PROGRAMS if name != "opensbi"])
def test_the_books_programs_boot(name):
    terminal = Terminal()
    assert terminal.receive({"do": "start", "program": name})["refusal"] == ""
    state = terminal.receive({"do": "run", "steps": 1_000_000})
    if name == "monitor":
        assert state["waiting"]
    else:
        assert state["ended"] == "It switched itself off (code 0)."
        assert f"checksum {WORKLOADS[name].checksum():x}\n" in state["output"]


def test_opensbi_starts_the_teaching_kernel(monkeypatch):
    """From the bytes that the page hands over, or from this machine's own file."""
    image = require_file(OPENSBI, "opensbi").read_bytes()
    for buffers in ([image], []):
        terminal = Terminal()
        terminal.receive({"do": "start", "program": "opensbi"}, buffers)
        state = terminal.receive({"do": "run", "steps": 20_000_000})
        assert "OpenSBI v" in state["output"]
        assert "hello from user mode" in state["output"]
        assert state["ended"] == "It switched itself off (code 0)."
    monkeypatch.setattr(boots, "OPENSBI", boots.OPENSBI / "missing")
    refusal = terminal.receive({"do": "start", "program": "opensbi"})["refusal"]
    assert refusal == "OpenSBI is not here: choose its file below, as your own firmware"


@pytest.mark.parametrize(
    ("message", "parts", "says"),
    [
        ({"do": "run", "steps": 0}, [], "steps: 0; allowed: 1 to 100,000,000"),
        ({"do": "type", "text": "x" * (MOST_TYPED + 1)}, [], "allowed: up to 1,000 at a time"),
        ({"do": "start", "program": "solitaire"}, [], "program: 'solitaire'; allowed: monitor, "),
        ({"do": "boot", "sizes": [0, 50 << 20, 0]}, [], "kernel: 52,428,800 bytes; allowed: up to"),
        ({"do": "boot", "sizes": [3 << 20, 4, 0]}, [], "firmware: 3,145,728 bytes; allowed: up to"),
        ({"do": "boot", "sizes": [0, 0, 0]}, [], "kernel: none; allowed: a raw image"),
        ({"do": "boot", "sizes": [0, 5, 0]}, [b"\x7fELF\2"], "kernel: an ELF file; allowed: a raw"),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused_in_words(message, parts, says):
    terminal = Terminal()
    before = len(failures.RECORD)
    assert says in terminal.receive(message, parts)["refusal"]
    assert terminal.receive({"do": "run", "steps": 1})["count"] >= 1, "and the machine still runs"
    assert len(failures.RECORD) == before


def test_static_form_and_widget():
    bundle = console._repr_mimebundle_()
    assert WIDGET_VIEW in bundle
    assert "monitor" in bundle["text/plain"]
    assert bundle["text/html"].count("<tr>") == 5
    assert bundle == console._repr_mimebundle_() | {WIDGET_VIEW: bundle[WIDGET_VIEW]}


# ---------------------------------------------------------------------- in a browser
@pytest.mark.browser
def test_typing_pausing_and_stepping(host):
    page = host(ConsoleView("Console"))
    screen = page.locator(".terminal")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(screen).to_contain_text("Press h for help")
    expect(page.locator(".machine-status")).to_have_text("It waits: type something.")
    page.get_by_label("Type:").fill("t")
    page.keyboard.press("Enter")
    expect(screen).to_contain_text("trap caught, cause 2")
    expect(page.locator(".machine-rate")).to_contain_text("1 traps")
    page.get_by_label("Type:").fill("o")
    page.keyboard.press("Enter")
    expect(page.locator(".machine-status")).to_have_text("It switched itself off (code 0).")
    page.get_by_role("button", name="Reset").click()
    expect(page.locator(".machine-status")).to_have_text("It waits: type something.")
    page.get_by_role("button", name="Step").click()
    expect(page.locator(".machine-rate")).to_contain_text("interrupts, 0 traps")


@pytest.mark.browser
def test_firmware_and_kernel_from_files_reach_the_prompt(host):
    firmware, kernel = require_file(OPENSBI, "opensbi"), require_file(UBOOT, "u-boot-qemu")
    page = host(ConsoleView("Console"))
    page.get_by_text("Boot your own images").click()
    page.get_by_label("Firmware").set_input_files(firmware)
    page.get_by_label("Kernel (raw)").set_input_files(kernel)
    page.get_by_role("button", name="Boot these").click()
    expect(page.locator(".terminal")).to_contain_text("OpenSBI v1", timeout=30_000)
    page.get_by_label("Type:").fill("")
    page.keyboard.press("Enter")
    page.get_by_label("Type:").press("Enter")
    expect(page.locator(".terminal")).to_contain_text("=> ", timeout=60_000)
    page.get_by_label("Type:").fill("echo $((6 * 7)) and more")
    page.get_by_label("Type:").press("Enter")
    expect(page.locator(".terminal")).to_contain_text("and more\n", timeout=30_000)
