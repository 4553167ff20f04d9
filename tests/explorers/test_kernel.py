"""The teaching kernel as it is shown: tables of what was seen, excerpts of what is there."""

import pytest

from models.explorers.kernel import (
    Excerpt,
    boot,
    first_boot,
    macros,
    parts,
    sensitive_places,
    source,
    system_call,
)
from models.guests.kernel import WORKLOADS
from models.guests.kernel_lesson import kept


def test_the_tables_say_what_was_seen():
    rows = parts().rows
    assert sum(int(row[2].replace(",", "")) for row in rows) == kept().total
    assert sum(int(row[3]) for row in rows) == len(kept().sites)
    assert all(row[1] for row in rows)
    assert sum(int(row[2]) for row in macros().rows) == sum(s.executed for s in kept().sites)
    assert all(f".macro  {row[0]}" in source("sensitive.S") for row in macros().rows)
    assert system_call().rows[0][3] == "ecall"


@pytest.mark.parametrize("table", [parts, macros, system_call])
def test_both_forms_hold_every_cell(table):
    bundle = table()._repr_mimebundle_()
    for row in table().rows:
        assert all(cell in bundle["text/plain"] for cell in row)
    assert bundle["text/html"].count("<tr>") == len(table().rows) + 1


def test_an_excerpt_ends_at_the_empty_line():
    lines = Excerpt("process.S", "# Go from").lines
    assert lines[-1].split() == ["ret"]
    assert any("SET_SATP" in line for line in lines)
    assert "<code># Go from" in Excerpt("process.S", "# Go from")._repr_mimebundle_()["text/html"]
    with pytest.raises(ValueError, match=r"no line of process\.S begins with 'nothing'"):
        Excerpt("process.S", "nothing").lines  # noqa: B018 - the property itself raises


def test_a_boot_now_is_the_one_that_was_seen():
    assert boot().text() == first_boot().text()
    run = boot("fork", size=1)
    assert f"checksum {WORKLOADS['fork'].checksum(1):016x}" in run.text()


def test_the_prediction_asks_for_the_present_kernel():
    assert f"{kept().total:,} instructions" in sensitive_places.question
    assert "Near" in sensitive_places.reply(len(kept().sites))
