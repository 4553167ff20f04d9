"""Each bad file gets its own sentence; a good one becomes the demand that it states."""

from datetime import datetime, timedelta

import numpy as np
import pytest

from models.cloud.traces import MOST_ROWS, Reading, TraceError, read

REQUESTS = Reading()


def csv(*values, step=300, start="2014-04-10 00:04:00", end="\n") -> bytes:
    first = datetime.fromisoformat(start)
    rows = [f"{first + timedelta(seconds=step * i)},{v}" for i, v in enumerate(values)]
    return end.join(["timestamp,value", *rows, ""]).encode()


def without(data: bytes, *lines: int) -> bytes:
    kept = [x for n, x in enumerate(data.splitlines(keepends=True), 1) if n not in lines]
    return b"".join(kept)


def test_requests_are_counted_as_they_stand():
    d = read(csv(94.0, 56, 0, "187"), REQUESTS)
    assert (d.width, d.requests.tolist(), d.notes) == (300.0, [94, 56, 0, 187], ())


def test_fractions_carry_over_so_that_the_total_stays():
    assert read(csv(*[0.5] * 8), REQUESTS).total == 4
    d = read(csv(250, 250, 500), Reading(amount=100.0))
    assert d.total == 10
    assert "One request stands for 100 " in d.notes[0]


def test_cpu_becomes_work_by_the_conversion_that_is_stated():
    d = read(csv(50, 100), Reading(meaning="cpu", machines=4.0, service=2.0))
    assert d.requests.tolist() == [300, 600]  # 0.5 x 4 servers x 300 s / 2 s
    assert "100 % over 300 s is 1200 server-seconds (4 servers), one request 2 s" in d.notes[0]


def test_windows_line_ends_and_a_byte_order_mark_are_read_and_said():
    d = read(b"\xef\xbb\xbf" + csv(1, 2, 3, end="\r\n"), REQUESTS)
    assert d.requests.tolist() == [1, 2, 3]
    assert "CRLF" in d.notes[0]


def test_a_few_gaps_are_no_load_and_said():
    d = read(without(csv(*range(1, 31)), 5, 6), REQUESTS)
    assert d.requests[:6].tolist() == [1, 2, 3, 0, 0, 6]
    assert d.notes == ("Gaps: 2 intervals of 300 s have no row and count as no load.",)


def test_a_gap_of_three_tenths_of_a_second_is_three_intervals():
    d = read(without(csv(*range(1, 31), step=0.1), 6, 7), REQUESTS)
    assert (d.width, d.requests[:7].tolist()) == (0.1, [1, 2, 3, 4, 0, 0, 7])


ROWS = csv(1, 2, 3, 4)
BAD = {
    "empty": (b"", "the file is empty"),
    "blank": (b" \n\n", "the file is empty"),
    "header only": (b"timestamp,value\n", "0 rows; wanted: at least 2"),
    "one row": (csv(5), "1 rows; wanted: at least 2"),
    "no header": (ROWS[16:], "line 1: .* is not the header"),
    "text": (csv(1, "many", 3), "line 3: 'many' is not a number"),
    "no value": (csv(1, "", 3), "line 3: '' is not a number"),
    "negative": (csv(1, 2, -3), "line 4: value -3.0 is out of range"),
    "not a number": (csv(1, "nan"), "line 3: value nan is out of range"),
    "infinite": (csv(1, "inf"), "line 3: value inf is out of range"),
    "not a time": (ROWS.replace(b"2014-04-10 00:14:00", b"noon"), "line 4: 'noon' is not a time"),
    "three cells": (csv(1, "2,3"), "line 3: 3 cells"),
    "unordered": (csv(1, 2, 3) + csv(9).splitlines()[1], "line 5: .* is earlier than the line"),
    "duplicate": (ROWS + ROWS.splitlines()[-1], "line 6: 2014-04-10 00:19:00 occurs twice"),
    "gaps": (without(csv(*range(20)), 4, 5, 6), "line 4: gaps: 3 of 20 intervals"),
    "uneven": (ROWS + b"2014-04-10 00:21:30,1\n", "line 6: 150 s after the line before"),
    "empty line": (ROWS.replace(b"00:14:00,3\n", b"00:14:00,3\n\n"), "line 5: the line is empty"),
    "zone on some": (
        ROWS.replace(b"00:14:00,3", b"00:14:00+00:00,3"),
        "line 4: a time zone on some rows",
    ),
    "utf-16": ("timestamp,value\n".encode("utf-16"), "the file is UTF-16"),
    "latin-1": (ROWS.replace(b",3", b",\xb53"), "line 4: byte 0xb5 is not UTF-8"),
    "nobody": (csv(0, 0, 0), "stands for no request"),
    "too many": (csv(1e9, 1e9), "stands for 2,000,000,000 requests"),
    "more than an integer holds": (csv(1, 1e300), r"stands for 1,000,.* requests; allowed"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_gets_its_own_message(name):
    data, says = BAD[name]
    with pytest.raises(TraceError, match=says):
        read(data, REQUESTS)


def test_cpu_above_a_hundred_is_refused():
    with pytest.raises(TraceError, match=r"line 3: CPU of 101.0 % is out of range"):
        read(csv(1, 101), Reading(meaning="cpu"))


def test_more_than_a_number_holds_is_refused():
    with pytest.raises(TraceError, match="stands for inf requests"):
        read(csv(1, 1e308), Reading(amount=1e-6))


def test_ten_million_rows_are_refused_before_any_is_parsed():
    data = (
        b"timestamp,value\n"
        + b"2014-04-10 00:04:00,94.0\n" * 9_999_999
        + b"and now not even a row\n"
    )
    with pytest.raises(TraceError, match=f"10,000,001 lines; allowed: up to {MOST_ROWS:,}"):
        read(data, REQUESTS)


def test_a_year_of_five_minutes_is_welcome():
    d = read(csv(*np.arange(105_120) % 7), REQUESTS)
    assert len(d.requests) == 105_120
