"""The example programs of the machine's explorers: one `.S` file each, its first line its title."""

from functools import cache

from models import stored

#: In the order of the list that a reader chooses from.
NAMES = (
    "sum",
    "hello",
    "length",
    "fibonacci",
    "factorial",
    "compressed",
    "atomic",
    "trap",
    "user",
    "delegate",
    "counters",
    "timer",
    "paging",
    "patch",
    "million",
)
#: Those that need a machine with the H extension; they are shown, and not offered for stepping.
GUESTS = ("guest",)


@cache
def source(name: str) -> str:
    """The text of a program; ValueError for a name that there is not."""
    if name not in NAMES + GUESTS:
        raise ValueError(f"program: {name!r} is unknown; allowed: {', '.join(NAMES + GUESTS)}")
    return stored.text(__name__, f"{name}.S")


def title(name: str) -> str:
    """What a program shows: its first line."""
    return source(name).splitlines()[0].lstrip("# ")
