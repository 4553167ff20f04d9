"""Chapter 3: which deployment model is it? A cloud by its attributes, and the rule that fires."""

from dataclasses import replace
from itertools import product
from typing import Any

from models.cloud.deployment.labels import (
    PARTIES,
    PLACES,
    PRIVATE,
    USERS,
    Asked,
    Labelled,
    classify,
    labels,
)
from models.explorers import figures
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure, Trace
from models.explorers.prediction import Misconception, Prediction
from models.explorers.theme import var

HOSTED = Asked()  # the cloud of the prediction: for one, by a provider, at the provider's


def _whose() -> str:
    (label,) = labels(HOSTED.cloud())
    return label


whose_cloud = Prediction(
    name="whose-cloud",
    question=(
        "A provider builds, owns and runs a hall of machines in its own building. One bank rents "
        "all of them, by the hour, and nobody else may use them. Which deployment model is it?"
    ),
    truth=_whose,
    because=(
        "Only one thing decides: who may use it. One organization alone may, so it is private, "
        "whoever owns it and wherever it stands."
    ),
    options={
        PRIVATE: "A private cloud",
        "public": "A public cloud",
        "hybrid": "A hybrid cloud",
        "community": "A community cloud",
    },
    misconceptions=(
        Misconception(
            "public",
            "A provider's, so public",
            "public is not where it stands, nor that it is rented. It is that anyone may use it.",
        ),
        Misconception(
            "hybrid",
            "Half and half",
            "the bank's use and the provider's machines are two parties to one cloud. A hybrid "
            "has two clouds.",
        ),
        Misconception(
            "community",
            "Two share it",
            "the provider runs the machines and does not use them. A community has several "
            "organizations as users.",
        ),
    ),
)

LETTERS = {"private": "P", "community": "C", "public": "U"}
SYMBOLS = {"P": "square-open", "C": "circle-open", "U": "diamond-open"}
ROWS = tuple(product(PARTIES, PARTIES))  # owner, operator
COLUMNS = tuple(product(USERS, PLACES))
_BARE: dict[str, Any] = {"showgrid": False, "zeroline": False}  # of axes that name rows and columns
WORDS = {"user": "users", "provider": "provider", "both": "both"}


def draw_labels(result: Labelled) -> Figure:
    """Every combination of users, place, owner and operator, and the label that it gets."""
    a = result.parameters
    cells = [
        (x, y, _letters(replace(a, users=users, place=place, owner=owner, operator=operator)))
        for x, (users, place) in enumerate(COLUMNS)
        for y, (owner, operator) in enumerate(ROWS)
    ]
    kinds = sorted({letters for *_, letters in cells})
    here = (COLUMNS.index((a.users, a.place)), ROWS.index((a.owner, a.operator)))
    return figures.figure(
        [
            *(_cells([cell for cell in cells if cell[2] == kind], kind) for kind in kinds),
            figures.mark(*here, "", marker=_RING, hoverinfo="skip"),
        ],
        figures.axis(
            "Who may use it; left: stands with its users, right: with the provider",
            (-0.6, 7.6),
            tickvals=[0.5, 2.5, 4.5, 6.5],
            ticktext=["one<br>organization", "shared<br>concerns", "one<br>industry", "anyone"],
            **_BARE,
        ),
        figures.axis(
            "Owned by, run by",
            (-0.6, 8.6),
            tickvals=list(range(len(ROWS))),
            ticktext=[f"{WORDS[owner]}, {WORDS[operator]}" for owner, operator in ROWS],
            **_BARE,
        ),
        margin={"l": 160, "r": 16, "t": 12, "b": 84},
        showlegend=False,
        phone={
            "margin": {"l": 56, "r": 8, "t": 10, "b": 72},
            "height": 400,
            "xaxis": {
                "title": {"text": "left: with its users, right: provider"},
                "ticktext": ["one", "shared", "industry", "anyone"],
                "tickangle": 0,
            },
            "yaxis": {
                "title": {"text": "owned, run: users, provider, both"},
                "ticktext": [f"{owner[0]}, {operator[0]}" for owner, operator in ROWS],
            },
        },
    )


_RING = {"size": 34, "symbol": "circle-open", "color": var("ink"), "line": {"width": 3}}


def _letters(asked: Asked) -> str:
    found = labels(asked.cloud(), asked.source)
    return "+".join(LETTERS[label] for label in found) or "–"


def _cells(cells: list[tuple[int, int, str]], letters: str) -> Trace:
    names = {letter: label for label, letter in LETTERS.items()}
    name = " and ".join(names[letter] for letter in letters.split("+") if letter in names)
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [x for x, _, _ in cells],
        "y": [y for _, y, _ in cells],
        "text": [letters] * len(cells),
        "textfont": {"size": 13, "color": var("ink")},
        "name": name or "no label",
        "marker": {
            "size": 24 if letters in SYMBOLS else 1,
            "symbol": SYMBOLS.get(letters, "circle"),
            "color": var("muted"),
        },
        "hovertemplate": f"{name or 'no label'}<extra></extra>",
    }


def describe_labels(result: Labelled) -> str:
    """In words what the figure shows."""
    a = result.parameters
    rules = Asked.declared("source").choices[a.source]
    counts = ", ".join(f"{count} {label}" for label, count in result.counts.items())
    return (
        f"By {rules} rules this cloud is {' and '.join(result.found) or 'without a label'}. "
        f"Of the 72 combinations of users, place, owner and operator: {counts}."
    )


classifier = Explorer(
    name="classifier",
    title="Which deployment model is it?",
    model=classify,
    parameters=Asked,
    picture=draw_labels,
    alt=describe_labels,
    controls=("users", "operator", "source"),
    more=("owner", "place", "size", "rented"),
    presets={
        "A bank's own hall": {"owner": "user", "operator": "user", "place": "user"},
        "A large provider": {"users": "anyone"},
        "A volunteer grid": {"users": "anyone", "owner": "user", "place": "user", "rented": False},
    },
    preview="source",
    guard=whose_cloud.name,
)
