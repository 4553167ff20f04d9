"""What a reader has tried, kept in the running kernel; a page may keep its text between visits."""

import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any

DEFAULT_READER = "reader"


@dataclass
class Record:
    """One exercise's history.

    Attributes
    ----------
    round : int
        The set of numbers; a new one after a pass or after the worked steps were shown.
    tries : int
        Wrong answers in this round.
    attempts : int
        Answers in all.
    passed, seen : bool
        Whether it was ever passed, and whether its solution was shown.
    answered : int
        The round of the last answer; 0 before the first.
    """

    round: int = 1
    tries: int = 0
    attempts: int = 0
    passed: bool = False
    seen: bool = False
    answered: int = 0


@dataclass
class _Journal:
    reader: str = DEFAULT_READER
    records: dict[str, Record] = field(default_factory=dict)


# A page that goes live runs every cell once, kept answers too. Then this is True: an answer is
# marked with the numbers that it was given to, and is no new attempt.
replaying = False


_journal = _Journal()


def reader(name: str | None = None) -> str:
    """The reader's name, from which the numbers are drawn; set it by giving one."""
    if name is not None:
        if not name.strip():
            raise ValueError("reader: an empty name is not allowed")
        _journal.reader = name.strip()
    return _journal.reader


def record(exercise: str) -> Record:
    """The history of one exercise."""
    return _journal.records.setdefault(exercise, Record())


def dump() -> str:
    """Everything as JSON, for a page to keep."""
    return json.dumps(asdict(_journal), ensure_ascii=False)


def restore(text: str) -> None:
    """Take back what `dump` gave.

    Raises
    ------
    ValueError
        For a text that is not such a dump; nothing is changed then.
    """
    try:
        kept = json.loads(text)
        records = {key: _record(value) for key, value in kept["records"].items()}
        name = str(kept["reader"])
    except (TypeError, KeyError, AttributeError, json.JSONDecodeError) as error:
        raise ValueError(f"journal: this is no kept journal ({error})") from None
    _journal.reader, _journal.records = name, records


def _record(kept: dict[str, Any]) -> Record:
    found = Record(**kept)
    for field_ in fields(Record):
        value = getattr(found, field_.name)
        if type(value) is not type(field_.default):
            raise TypeError(f"{field_.name} is {value!r}")
    return found


def clear() -> None:
    """Start anew."""
    _journal.reader, _journal.records = DEFAULT_READER, {}
