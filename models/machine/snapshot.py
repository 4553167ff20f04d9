r"""Snapshots: a board's whole state as a file, to go on from later or elsewhere.

The format is data, never code::

    offset  bytes
    0       8      b"RVBOARD" and the version, 2
    8       32     SHA-256 of all that follows
    40      8      length n of the header, little-endian
    48      n      header: JSON in UTF-8
    48 + n         contents: byte strings, one after another

The header has the keys

- ``options``: what the board is built of (`BoardOptions`, without images and tier);
- ``images``: SHA-256 of each drive's image, then of the disk's; the images themselves are not kept,
  only the sectors that the guest wrote;
- ``tohost``: addresses of `tohost` and `fromhost`, where the board watches them, or null;
- ``state``: what `Board.state` gives, but for RAM; a byte string is ``{"$bytes": [start, length]}``
  of the contents;
- ``ram``: numbers of the 4096-byte pages that are not all zeros, in rising order; their bytes are
  the last of the contents.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any

from models.events import Counters
from models.machine.board import Board, BoardOptions
from models.machine.errors import ImageError

MAGIC = b"RVBOARD\x02"
HEADER = 48
PAGE = 4096
MOST_MEMORY = 1 << 31
_NOT_KEPT = ("drives", "disk", "tier")  # images are given again; the tier changes no result
#: Lists of any length, and what each element looks like.
_ELEMENTS: dict[str, Any] = {
    "instruction_tlb": [0, 0, 0, 0, 0, 0],
    "data_tlb": [0, 0, 0, 0, 0, 0],
    "reservation": 0,
    "written": [0, b""],
}


def save(board: Board) -> bytes:
    """Return the snapshot of a board.

    Its drives' images are not in it: `restore` must be given the same ones.
    """
    contents = bytearray()
    state = board.state()
    ram = state.pop("ram")
    plain = _packed(state, contents)
    zero = bytes(PAGE)
    pages = [n for n in range(len(ram) // PAGE) if ram[n * PAGE : (n + 1) * PAGE] != zero]
    for number in pages:
        contents += ram[number * PAGE : (number + 1) * PAGE]
    header = {
        "options": _kept_options(board.options),
        "images": _hashes(board.options),
        "tohost": board.devices.watched,
        "state": plain,
        "ram": pages,
    }
    text = json.dumps(header, separators=(",", ":"), sort_keys=True).encode()
    body = len(text).to_bytes(8, "little") + text + contents
    return MAGIC + hashlib.sha256(body).digest() + body


def restore(
    data: bytes,
    drives: Sequence[bytes] = (),
    disk: bytes | None = None,
    tier: str = "auto",
    name: str = "snapshot",
    make: Callable[[BoardOptions], Board] = Board,
) -> Board:
    """Build the board of a snapshot and set its state.

    Parameters
    ----------
    data : bytes
        The file.
    drives, disk
        The same images as when it was saved.
    tier : str
        How instructions are executed from now on.
    name : str
        The file's name in messages.
    make : callable
        Makes the board of its options.

    Raises
    ------
    ImageError
        If the file is no snapshot, damaged, or does not fit the images.
    """
    header, contents = _open(data, name)
    options = _options(header["options"], drives, disk, tier, name)
    if header["images"] != _hashes(options):
        raise ImageError(f"{name}, images", "other drives", "the images it was saved with")
    board = make(options)
    board.reset()
    _watch(board, header["tohost"], f"{name}, tohost")
    size = board.ram.size
    pages = _pages(header["ram"], size // PAGE, name)
    split = len(contents) - len(pages) * PAGE
    if split < 0:
        raise ImageError(f"{name}, ram", f"{len(pages)} pages", "as many as the contents hold")
    state = _unpacked(header["state"], contents[:split], f"{name}, state")
    _check(board.state_beside_ram(), state, f"{name}, state")
    ram = bytearray(size)
    for index, number in enumerate(pages):
        start = split + index * PAGE
        ram[number * PAGE : (number + 1) * PAGE] = contents[start : start + PAGE]
    try:
        board.load_state({**state, "ram": ram})
    except (ValueError, TypeError, LookupError, OverflowError) as error:
        # A device found a value that has the right form and no meaning.
        raise ImageError(f"{name}, state", str(error), "a state that a board can be in") from error
    return board


def _kept_options(options: BoardOptions) -> dict[str, Any]:
    return {key: value for key, value in asdict(options).items() if key not in _NOT_KEPT}


def _hashes(options: BoardOptions) -> list[str]:
    images = [*options.drives, *([] if options.disk is None else [options.disk])]
    return [hashlib.sha256(image).hexdigest() for image in images]


def _packed(value: Any, contents: bytearray) -> Any:
    """Replace byte strings by where they are in the contents."""
    if isinstance(value, dict):
        return {key: _packed(item, contents) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_packed(item, contents) for item in value]
    if isinstance(value, bytes | bytearray | memoryview):
        start = len(contents)
        contents += value
        return {"$bytes": [start, len(value)]}
    if value is None or isinstance(value, bool | int | str):
        return value
    raise TypeError(f"state holds {value!r}; a snapshot takes plain data")


def _unpacked(value: Any, contents: bytes, where: str) -> Any:
    """Put byte strings back."""
    if isinstance(value, list):
        return [_unpacked(item, contents, where) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() != {"$bytes"}:
        return {key: _unpacked(item, contents, f"{where}.{key}") for key, item in value.items()}
    place = value["$bytes"]
    numbers = isinstance(place, list) and len(place) == 2 and all(type(n) is int for n in place)
    if not numbers or place[0] < 0 or place[1] < 0 or sum(place) > len(contents):
        raise ImageError(where, f"bytes at {place!r}", f"start and length in {len(contents)} bytes")
    return contents[place[0] : place[0] + place[1]]


def _open(data: bytes, name: str) -> tuple[dict[str, Any], bytes]:
    """Check the frame; return header and contents."""
    if data[: len(MAGIC)] != MAGIC:
        raise ImageError(name, f"begins with {data[:8]!r}", f"a snapshot: {MAGIC!r}")
    if hashlib.sha256(data[40:]).digest() != data[8:40]:
        raise ImageError(name, "damaged: its hash is another", "the file as it was saved")
    length = int.from_bytes(data[40:HEADER], "little")
    if HEADER + length > len(data):
        raise ImageError(name, f"header of {length} bytes", f"at most {len(data) - HEADER}")
    try:
        header = json.loads(data[HEADER : HEADER + length])
    except (ValueError, RecursionError) as error:
        raise ImageError(f"{name}, header", f"no JSON ({error})", "JSON in UTF-8") from error
    keys = {"options", "images", "tohost", "state", "ram"}
    if not isinstance(header, dict) or header.keys() != keys:
        raise ImageError(f"{name}, header", "other keys", ", ".join(sorted(keys)))
    return header, data[HEADER + length :]


def _options(
    kept: Any, drives: Sequence[bytes], disk: bytes | None, tier: str, name: str
) -> BoardOptions:
    """Build the options, each of the type that it has by default."""
    where = f"{name}, options"
    usual = _kept_options(BoardOptions())
    _check({**usual, "fill": None}, kept, where)
    if not all(type(item) is str for item in kept["holes"]):
        raise ImageError(f"{where}.holes", repr(kept["holes"]), "names")
    if not PAGE <= kept["memory"] <= MOST_MEMORY or kept["memory"] % PAGE:
        allowed = f"a multiple of {PAGE} up to {MOST_MEMORY}"
        raise ImageError(f"{where}.memory", str(kept["memory"]), allowed)
    try:
        options = BoardOptions(**{**kept, "holes": tuple(kept["holes"])})
        options = replace(options, drives=tuple(drives), disk=disk, tier=tier)
        Board(replace(options, memory=PAGE))  # the parts check what they are given
    except ValueError as error:
        raise ImageError(where, str(error), "what BoardOptions allows") from error
    return options


def _watch(board: Board, watched: Any, where: str) -> None:
    """Let the board watch `tohost` as it did."""
    if watched is None:
        return
    allowed = "null, or the addresses of tohost and fromhost in one page of RAM"
    pair = isinstance(watched, list) and len(watched) == 2
    if not pair or not all(type(n) is int or n is None for n in watched) or watched[0] is None:
        raise ImageError(where, repr(watched)[:60], allowed)
    if not board.ram.holds(watched[0] & -PAGE, PAGE):
        raise ImageError(where, f"{watched[0]:#x}", allowed)
    try:
        board.devices.watch_tohost(*watched)
    except ValueError as error:
        raise ImageError(where, str(error), allowed) from error


def _pages(pages: Any, most: int, name: str) -> list[int]:
    rising = isinstance(pages, list) and all(type(n) is int for n in pages)
    if (
        not rising
        or pages != sorted(set(pages))
        or (pages and not 0 <= pages[0] <= pages[-1] < most)
    ):
        raise ImageError(f"{name}, ram", "page numbers", f"rising numbers from 0 to {most - 1}")
    return list(pages)


def _check(template: Any, value: Any, where: str) -> None:
    """Raise unless `value` has the form of `template`, the state of a board just reset."""
    key = where.rpartition(".")[2]
    if where.endswith("state.counters"):
        try:
            Counters.from_json(value if isinstance(value, dict) else {})
        except ValueError as error:
            raise ImageError(where, str(error), "counters of the vocabulary") from error
    elif isinstance(template, dict):
        if not isinstance(value, dict) or value.keys() != template.keys():
            raise ImageError(where, "other keys", ", ".join(map(str, template)) or "none")
        for name, item in template.items():
            _check(item, value[name], f"{where}.{name}")
    elif isinstance(template, list | tuple):
        _check_list(list(template), value, where, _ELEMENTS.get(key))
    elif type(value) is int and (template is None or type(template) is int):
        if not -(1 << 63) <= value < 1 << 64:
            raise ImageError(where, str(value), "a number of 64 bits")
    elif type(value) is not type(template):
        allowed = "nothing or a number" if template is None else type(template).__name__
        raise ImageError(where, f"{value!r}"[:60], allowed)


def _check_list(template: list[Any], value: Any, where: str, element: Any) -> None:
    if not isinstance(value, list):
        raise ImageError(where, f"{value!r}"[:60], "a list")
    if element is not None:
        for item in value:
            _check(element, item, where + "[]")
    elif template:
        if len(value) != len(template):
            raise ImageError(where, f"{len(value)} items", str(len(template)))
        for one, item in zip(template, value, strict=True):
            _check(one, item, where + "[]")
