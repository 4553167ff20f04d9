"""The reader's own demand: a CSV of `timestamp,value`, checked line by line.

A file is read where the models run; in the page that is the reader's own browser.
"""

import math
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np

from models.cloud.demand import MICROSECONDS, Counts, Demand, Floats, whole
from models.parameters import Parameters, choice, parameter

HEADER = "timestamp,value"
MOST_ROWS = 250_000  # more than two years of five-minute values
MOST_REQUESTS = 20_000_000
MOST_MISSING = 0.1  # of all buckets
MICROSECOND = timedelta(microseconds=1)


class TraceError(ValueError):
    """A file that cannot be read as a demand; the message says where and what is allowed."""


@dataclass(frozen=True)
class Reading(Parameters):
    """What the file's values mean, stated and not guessed."""

    meaning: str = choice(
        "requests",
        {"requests": "Requests", "cpu": "CPU %"},
        label="The values are",
    )
    amount: float = parameter(1.0, low=1e-6, high=1e12, scale="log", label="Value of one request")
    machines: float = parameter(
        10.0, unit="servers", low=0.1, high=10_000.0, scale="log", label="100 % CPU is the work of"
    )
    service: float = parameter(
        1.0, unit="s", low=1e-3, high=3_600.0, scale="log", label="Work in one request"
    )


def read(data: bytes, reading: Reading) -> Demand:
    """Demand from the bytes of a CSV file.

    Raises
    ------
    TraceError
        For whatever is wrong with it, by line number.
    """
    notes: list[str] = []
    times, values = _rows(_text(data, notes))
    width, place = _buckets(times, notes)
    amounts = _amounts(values, width, reading, notes)
    total = math.fsum(amounts)
    # Asked before they become integers: 1e300 is none.
    if total > MOST_REQUESTS:
        raise TraceError(
            f"the file stands for {total:,.0f} requests; allowed: up to {MOST_REQUESTS:,} "
            "(let one request stand for more)"
        )
    requests = whole(amounts)
    if not requests.sum():
        raise TraceError("the file stands for no request at all; allowed: at least one")
    counts = np.zeros(place[-1] + 1, np.int64)
    counts[place] = requests
    return Demand(width, counts, counts.astype(float), tuple(notes))


def _text(data: bytes, notes: list[str]) -> list[str]:
    """Lines of the file, decoded and counted before anything is parsed."""
    if not data.strip():
        raise TraceError(f"the file is empty; wanted: a first line {HEADER!r}, then rows")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise TraceError("the file is UTF-16 (as spreadsheets may save it); save it as UTF-8")
    rows = data.count(b"\n")
    if rows > MOST_ROWS + 1:
        raise TraceError(
            f"the file has {rows:,} lines; allowed: up to {MOST_ROWS:,} rows "
            "(add neighbouring intervals up, or take a part)"
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TraceError(
            f"line {line}: byte {data[error.start]:#04x} is not UTF-8 text; save the file as UTF-8"
        ) from None
    if "\r" in text:
        notes.append("Line ends of Windows (CRLF) were read as plain line ends.")
    return text.splitlines()


def _rows(lines: list[str]) -> tuple[list[datetime], Floats]:
    """Instants and values; every line is looked at."""
    if lines[0].strip().lower().replace(" ", "") != HEADER:
        raise TraceError(f"line 1: {lines[0][:60]!r} is not the header; wanted: {HEADER!r}")
    times: list[datetime] = []
    values: list[float] = []
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            if any(rest.strip() for rest in lines[number:]):
                raise TraceError(f"line {number}: the line is empty, and rows follow")
            break
        time, value = _row(number, line)
        if times:
            _after(number, times[-1], time)
        times.append(time)
        values.append(value)
    if len(times) < 2:
        raise TraceError(
            f"the file has {len(times)} rows; wanted: at least 2, to know an interval's length"
        )
    return times, np.array(values)


def _row(number: int, line: str) -> tuple[datetime, float]:
    cells = line.split(",")
    if len(cells) != 2:
        raise TraceError(f"line {number}: {len(cells)} cells; wanted: 2, {HEADER!r}")
    try:
        time = datetime.fromisoformat(cells[0].strip())
    except ValueError:
        raise TraceError(
            f"line {number}: {cells[0][:40]!r} is not a time; wanted: as 2014-04-10 00:04:00"
        ) from None
    try:
        value = float(cells[1])
    except ValueError:
        raise TraceError(f"line {number}: {cells[1][:40]!r} is not a number") from None
    if not 0 <= value < np.inf:
        raise TraceError(f"line {number}: value {value} is out of range; allowed: 0 or more")
    return time, value


def _after(number: int, before: datetime, time: datetime) -> None:
    if (before.tzinfo is None) != (time.tzinfo is None):
        raise TraceError(f"line {number}: a time zone on some rows only; wanted: on all or none")
    if time == before:
        raise TraceError(f"line {number}: {time} occurs twice (duplicate time)")
    if time < before:
        raise TraceError(f"line {number}: {time} is earlier than the line before; sort the rows")


def _buckets(times: list[datetime], notes: list[str]) -> tuple[float, Counts]:
    """Width of a bucket, and each row's place on the grid of buckets."""
    # Whole microseconds: as seconds, three times 0.1 would not be 0.3.
    gaps = np.array([(b - a) // MICROSECOND for a, b in pairwise(times)], np.int64)
    usual = Counter(gaps.tolist()).most_common(1)[0][0]
    width = usual / MICROSECONDS
    steps, rest = np.divmod(gaps, usual)
    odd = np.flatnonzero(rest)
    if odd.size:
        raise TraceError(
            f"line {odd[0] + 3}: {gaps[odd[0]] / MICROSECONDS:g} s after the line before is not a "
            f"multiple of the usual {width:g} s; wanted: rows at a fixed interval"
        )
    place = np.concatenate([[0], np.cumsum(steps)])
    missing = int(place[-1]) + 1 - len(times)
    if missing > MOST_MISSING * (place[-1] + 1):
        first = int(np.flatnonzero(steps > 1)[0])
        raise TraceError(
            f"line {first + 3}: gaps: {missing:,} of {place[-1] + 1:,} intervals of {width:g} s "
            f"have no row, the first before this line; allowed: up to {MOST_MISSING:.0%}"
        )
    if missing:
        notes.append(f"Gaps: {missing} intervals of {width:g} s have no row and count as no load.")
    return width, place


def _amounts(values: Floats, width: float, reading: Reading, notes: list[str]) -> Floats:
    """Requests that the values stand for, not yet whole."""
    if reading.meaning == "requests":
        if reading.amount != 1:
            notes.append(f"One request stands for {reading.amount:g} of the file's values.")
        with np.errstate(over="ignore"):  # infinitely many are refused as too many
            return values / reading.amount
    over = np.flatnonzero(values > 100)
    if over.size:
        raise TraceError(
            f"line {over[0] + 2}: CPU of {values[over[0]]} % is out of range; allowed: 0 to 100"
        )
    notes.append(
        f"CPU % was converted to work: 100 % over {width:g} s is {reading.machines * width:g} "
        f"server-seconds ({reading.machines:g} servers), one request {reading.service:g} s of it."
    )
    return values / 100 * reading.machines * width / reading.service
