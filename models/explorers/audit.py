"""Chapter 6: the ISA auditor. One instruction, one program, twelve worlds."""

from typing import Any

from models.explorers import figures
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure, Trace
from models.explorers.prediction import Misconception, Prediction
from models.explorers.theme import var
from models.hypervisors.execution import Outcome
from models.hypervisors.popek_goldberg import CRITICAL
from models.hypervisors.trial import Question, Trial, trial
from models.hypervisors.worlds import WORLDS
from models.machine.traps import MODE_NAMES, Mode

ROWS = ("Result, program 1", "Result, program 2", "Changes control state")
LETTERS = "abcdefghijkl"


def _truth() -> str:
    kind = trial(Question(subject="time", machine="counters")).verdict.kind
    return "no" if kind == CRITICAL else "read"


open_counter = Prediction(
    name="open-counter",
    question=(
        "A kernel lets user programs read the time counter, as Linux does. Each of its own "
        "privileged instructions still traps when it is run in user mode. Does the theorem of "
        "Popek and Goldberg still promise a hypervisor by trap-and-emulate?"
    ),
    truth=_truth,
    because=(
        "Reading the time gives another result in another world, and nothing traps: the guest "
        "reads the machine's time, not its own."
    ),
    options={
        "read": "Yes: a read changes nothing",
        "kernel": "Yes: the kernel's own instructions still trap",
        "no": "No: one readable register is enough",
    },
    misconceptions=(
        Misconception(
            "read",
            "Only writes are dangerous",
            "an instruction is also sensitive if its result depends on what is not the program's.",
        ),
        Misconception(
            "kernel",
            "Only the kernel matters",
            "the guest's kernel runs in user mode as well, and it reads the time too.",
        ),
    ),
)


def draw(found: Trial) -> Figure:
    """Worlds from left to right; a letter for each different result, a cross for a trap."""
    letters: tuple[list[float], list[float], list[str]] = ([], [], [])
    for row, column, letter in _letters(found.outcomes):
        letters[0].append(column)
        letters[1].append(-row)
        letters[2].append(letter)
    trapped = [(o.program, WORLDS.index(o.world)) for o in found.outcomes if o.trap]
    changed = sorted({WORLDS.index(o.world) for o in found.outcomes if o.changed})
    return figures.figure(
        [
            _text(*letters),
            _marks([c for _, c in trapped], [-r for r, _ in trapped], "Trap", "x-thin", 10),
            _marks(changed, [-2] * len(changed), "Changed", "circle", 11),
        ],
        figures.axis("", (-0.6, len(WORLDS) - 0.4), showgrid=False, zeroline=False, ticks="",
                     tickvals=list(range(len(WORLDS))), ticktext=[_place(n) for n in range(12)]),
        figures.axis("", (-2.6, 0.6), tickvals=[0, -1, -2], ticktext=list(ROWS), ticks="",
                     showgrid=False, zeroline=False),
        shapes=[_border(x) for x in (3.5, 7.5)],
        annotations=[_heading(n, mode) for n, mode in enumerate((Mode.U, Mode.S, Mode.M))],
        margin={"l": 168, "r": 10, "t": 34, "b": 64},
        height=260,
        showlegend=False,
        phone=_PHONE,
    )  # fmt: skip


def describe(found: Trial) -> str:
    """In words what the figure shows."""
    rows: dict[int, set[str]] = {0: set(), 1: set()}
    for row, _, letter in _letters(found.outcomes):
        rows[row].add(letter)
    results = " and ".join(str(len(letters)) for letters in rows.values())
    traps = sum(bool(o.trap) for o in found.outcomes)
    changes = len({o.world for o in found.outcomes if o.changed})
    return (
        f"{found.form.text} in {len(WORLDS)} worlds with two programs: {traps} of "
        f"{len(found.outcomes)} runs trap; the others give {results} different results; in "
        f"{changes} worlds it changes what is not the program's. Verdict: {found.verdict.kind}."
    )


def _letters(outcomes: list[Outcome]) -> list[tuple[int, int, str]]:
    """Row, column and letter of each run that completed; equal letters are equal results."""
    found = []
    seen: dict[int, dict[tuple[Any, ...], str]] = {0: {}, 1: {}}
    for o in outcomes:
        if not o.trap:
            letter = seen[o.program].setdefault(o.result, LETTERS[len(seen[o.program])])
            found.append((o.program, WORLDS.index(o.world), letter))
    return found


def _text(x: list[float], y: list[float], text: list[str]) -> Trace:
    return {
        "type": "scatter",
        "x": figures.numbers(x),
        "y": figures.numbers(y),
        "text": text,
        "mode": "text",
        "textfont": {"size": 16, "color": var("ink")},
        "hoverinfo": "skip",
        "name": "Result",
    }


def _marks(x: list[int], y: list[int], name: str, symbol: str, size: int) -> Trace:
    return {
        "type": "scatter",
        "x": figures.numbers(x),
        "y": figures.numbers(y),
        "mode": "markers",
        "marker": {
            "symbol": symbol,
            "size": size,
            "color": var("ink"),
            "line": {"width": 2, "color": var("ink")},
        },
        "hovertemplate": f"{name}<extra></extra>",
        "name": name,
    }


def _place(column: int) -> str:
    """Under a column: how the program is reached."""
    world = WORLDS[column]
    return world.name.partition(", ")[2].replace(", ", "<br>")


def _border(x: float) -> Trace:
    line = {"color": var("edge"), "width": 1}
    return {"type": "line", "x0": x, "x1": x, "y0": -2.6, "y1": 0.6, "line": line}


def _heading(group: int, mode: Mode) -> Trace:
    return {
        "x": 4 * group + 1.5,
        "y": 1.02,
        "yref": "paper",
        "yanchor": "bottom",
        "showarrow": False,
        "text": f"{MODE_NAMES[mode, 0]}-mode",
    }


_PHONE = {
    "height": 250,
    "margin": {"l": 72, "r": 6, "t": 34, "b": 14},
    "xaxis": {"ticktext": [""] * 12},
    "yaxis": {"ticktext": ["Result 1", "Result 2", "Changes"]},
}

auditor = Explorer(
    name="isa-auditor",
    title="Which worlds can an instruction tell apart?",
    model=trial,
    parameters=Question,
    picture=draw,
    alt=describe,
    controls=("subject", "machine"),
    presets={
        "Time, readable": {"subject": "time", "machine": "counters"},
        "A hole in sstatus": {"subject": "sstatus", "machine": "holes"},
        "An addition": {"subject": "add", "machine": "plain"},
    },
    guard=open_counter.name,
)
