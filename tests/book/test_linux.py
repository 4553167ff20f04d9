"""Debian's kernel and busybox in the page, from files, typed at and answering."""

import time

import pytest
from playwright.sync_api import expect

from tests.book.browser import go_live, visit
from tests.conftest import require_file
from tools import boot_linux

pytestmark = [pytest.mark.soak, pytest.mark.browser, pytest.mark.xdist_group("browser")]
CONSOLE = "from models.explorers.console import console\nconsole"
OPENSBI = str(boot_linux.FIRMWARE)


def test_debians_kernel_boots_to_busybox_in_the_page(browser, fixture_base, tmp_path):
    firmware = require_file(OPENSBI, "opensbi")
    disk = tmp_path / "initrd"
    disk.write_bytes(boot_linux.initial_ram_disk())
    with visit(browser, fixture_base) as visitor:
        tab = visitor.open("one.html")
        go_live(tab)
        editor = tab.locator("#live-cell-2 .cm-content")
        editor.click()
        tab.keyboard.press("Control+a")
        tab.keyboard.insert_text(CONSOLE)
        tab.keyboard.press("Shift+Enter")
        tab.get_by_text("Boot your own images").click()
        for label, file in (
            ("Firmware", firmware),
            ("Kernel (raw)", boot_linux.kernel()),
            ("Initial RAM disk", disk),
        ):
            tab.get_by_label(label).set_input_files(file)
        tab.get_by_label("Kernel's command line").fill(boot_linux.ARGUMENTS)
        began = time.perf_counter()
        tab.get_by_role("button", name="Boot these").click()
        screen, rate = tab.locator(".terminal"), tab.locator(".machine-rate")
        for stage in ("Linux version", "Run /init", boot_linux.SAID):
            expect(screen).to_contain_text(stage, timeout=600_000)
            print(f"{stage:20} {time.perf_counter() - began:6.1f} s, {rate.text_content()}")
        expect(screen).to_contain_text(boot_linux.PROMPT, timeout=60_000)
        for line, answer in boot_linux.TYPED:
            tab.get_by_label("Type:").fill(line)
            tab.get_by_label("Type:").press("Enter")
            expect(screen).to_contain_text(answer, timeout=60_000)
        print(f"{'switched off':20} {time.perf_counter() - began:6.1f} s, {rate.text_content()}")
        print(screen.text_content()[-700:])
        assert visitor.outside == []
        assert visitor.complaints == []
