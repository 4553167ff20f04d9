"""The timeline as runs: who fares well in which year, and what came with it."""

import pytest

from models.hypervisors.timeline import ERAS, Work, timeline

WORKED = [era.year for era in ERAS if era.year != 1985]


@pytest.fixture(scope="module", params=["hello", "syscall"])
def line(request):
    return timeline(Work(request.param, part=4))


def by_year(line):
    return {moment.era.year: moment for moment in line.moments}


def test_every_year_but_the_gap_is_as_a_board_of_its_own(line):
    assert [m.era.year for m in line.moments if m.run.equal] == WORKED
    for year in WORKED:
        assert by_year(line)[year].verdict == "as on a board of its own"


def test_in_the_gap_the_same_engine_fails_on_the_same_bytes(line):
    plain, gap = (by_year(line)[year] for year in (1967, 1985))
    assert plain.era.technique == gap.era.technique
    assert plain.run.images == gap.run.images
    assert "ram" in gap.run.differs
    assert "kernel fault" in gap.said
    assert gap.verdict == "dies of it"


def test_hardware_exits_less_than_software_and_two_stages_least(line):
    exits = {year: m.run.guest.total("exits") for year, m in by_year(line).items()}
    assert exits[2009] < exits[2005] < min(exits[1999], exits[1967])


def test_the_years_side_by_side(line):
    shown = line.beside()
    assert list(shown.runs) == [era.heading for era in ERAS]
    assert shown.runs["1985 80386"]["Exits per 1000 instructions"].value == "-"
    assert "checksum" in shown.runs["2009 nested paging"]["It says at last"].value


def test_an_unknown_workload_is_refused_by_name():
    with pytest.raises(ValueError, match="workload: 'chess' is unknown"):
        Work("chess")
