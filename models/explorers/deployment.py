"""Chapter 3: the classifier, who gains by a community, and the compliance gate."""

from dataclasses import replace
from itertools import product
from typing import Any

from models.cloud.deployment.community import CIRCLES, Community, Sharing, community
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
from models.cloud.deployment.placement import RULES, Gate, Passed, gate
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


def _four_pay() -> str:
    """What becomes of the four's bill when the game studio joins, by Shapley's shares."""
    before = community(Sharing(circle="concerns")).together
    after = float(community(Sharing(circle="outsider")).shares[:-1].sum())
    if abs(after - before) < 0.005 * before:
        return "same"
    return "less" if after < before else "more"


one_more = Prediction(
    name="one-more",
    question=(
        "A hospital, a clinic, an insurer and a registry share a cloud, audited for patients' "
        "data, which makes each server dearer. A game studio that needs no audit at all asks to "
        "join; its players come in the evening. The cost is shared so that each pays what its "
        "joining adds. What will the four pay?"
    ),
    truth=_four_pay,
    because=(
        "The four need their servers by day, the studio in the evening. It takes part in paying "
        "for people, audits and servers that are there anyway."
    ),
    options={"more": "More than before", "same": "As much as before", "less": "Less than before"},
    misconceptions=(
        Misconception(
            "more",
            "Strangers cost",
            "the studio adds no concern of its own, and hardly a server: it is the one who pays "
            "for audits that it does not need.",
        ),
        Misconception(
            "same",
            "Each pays its own",
            "that would be so if nothing were shared. People, audits and idle evening servers are.",
        ),
    ),
)


def draw_sharing(result: Community) -> Figure:
    """For each member: alone, Shapley's share, and an equal part."""
    rows = list(range(len(result.members)))
    names = [member.name for member in result.members]
    hover = "%{x:.0f} $/h<extra></extra>"
    return figures.figure(
        [
            _bars(rows, result.alone, "Alone", -0.2, "rgba(0,0,0,0)") | {"hovertemplate": hover},
            _bars(rows, result.shares, "Shapley's share", 0.2, var("ink"))
            | {"hovertemplate": hover},
            {
                "type": "scatter",
                "mode": "lines",
                "x": figures.numbers([result.equal[0]] * 2),
                "y": [-0.6, len(rows) - 0.4],
                "line": {"color": var("muted"), "width": 2, "dash": "dash"},
                "name": "Equal parts",
            },
        ],
        figures.axis("Pays, $/h", (0, 220)),
        figures.axis("", (len(rows) - 0.3, -0.7), tickvals=rows, ticktext=names, **_BARE),
        margin={"l": 100, "r": 16, "t": 12, "b": 56},
        barmode="overlay",
        phone={"margin": {"l": 92, "r": 8, "t": 10, "b": 52}, "height": 400},
    )


def _bars(rows: list[int], values: object, name: str, offset: float, colour: str) -> Trace:
    return {
        "type": "bar",
        "orientation": "h",
        "x": figures.numbers(values),  # type: ignore[arg-type]
        "y": [row + offset for row in rows],
        "width": 0.36,
        "name": name,
        "marker": {"color": colour, "line": {"color": var("ink"), "width": 1.5}},
    }


def describe_sharing(result: Community) -> str:
    """In words what the figure shows."""
    return (
        f"{CIRCLES[result.parameters.circle]}: one platform costs {result.together:.0f} $/h, each "
        f"alone {result.alone.sum():.0f} $/h. Left to themselves they form "
        f"{len(result.groups)} {'cloud' if len(result.groups) == 1 else 'clouds'}."
    )


sharing_explorer = Explorer(
    name="who-should-share",
    title="Who gains by sharing a cloud?",
    model=community,
    parameters=Sharing,
    picture=draw_sharing,
    alt=describe_sharing,
    controls=("circle", "surcharge"),
    more=("people", "audit", "public", "strict"),
    preview="circle",
    guard=one_more.name,
)

ASKS = {
    "room": "room",
    "place": "place",
    "law": "law",
    "audits": "audit",
    "exclusive": "alone",
}


def draw_gate(result: Passed) -> Figure:
    """A row for each cloud, cheapest on top: which rules it keeps and which it breaks."""
    sites = list(result.broken)
    rows = {site: len(sites) - 1 - i for i, site in enumerate(sites)}
    cells = [(x, site, rule in result.broken[site])
             for x, rule in enumerate(RULES) for site in sites]  # fmt: skip
    marks = [
        {
            "type": "scatter",
            "mode": "markers",
            "x": [x for x, _, broken in cells if broken == bad],
            "y": [rows[site] for _, site, broken in cells if broken == bad],
            "name": name,
            "marker": {"color": var("ink"), "size": 11, "symbol": symbol},
            "hovertemplate": f"{name}<extra></extra>",
        }
        for bad, name, symbol in ((False, "Rule kept", "circle"), (True, "Rule broken", "x-open"))
    ]
    prices = {
        "type": "scatter",
        "mode": "text",
        "x": [len(RULES)] * len(sites),
        "y": [rows[site] for site in sites],
        "text": [f"{s.price:.2f}" if result.broken[s] else f"<b>{s.price:.2f}</b>" for s in sites],
        "textfont": {"size": 14, "color": var("ink")},
        "hoverinfo": "skip",
        "showlegend": False,
    }  # fmt: skip
    framed = [site for site in sites if site == result.chosen]
    chosen = [figures.mark(len(RULES), rows[s], "", marker=_FRAME) for s in framed]
    return figures.figure(
        [*marks, prices, *chosen],
        figures.axis(
            "",
            (-0.6, len(RULES) + 0.6),
            tickvals=list(range(len(RULES) + 1)),
            ticktext=[*ASKS.values(), "$/h"],
            side="top",
            **_BARE,
        ),
        figures.axis(
            "",
            (-0.6, len(sites) - 0.4),
            tickvals=list(rows.values()),
            ticktext=[site.name for site in rows],
            **_BARE,
        ),
        margin={"l": 170, "r": 12, "t": 40, "b": 12},
        legend={"orientation": "h", "x": 0, "y": -0.04, "yanchor": "top"},
        phone={
            "margin": {"l": 92, "r": 4, "t": 40, "b": 12},
            "height": 460,
            "xaxis": {"tickangle": 0, "tickfont": {"size": 11}},
            "yaxis": {
                "ticktext": [site.name.replace(" ", "<br>", 1) for site in rows],
                "tickfont": {"size": 12},
            },
        },
    )


_FRAME = {"size": 36, "symbol": "square-open", "color": var("ink"), "line": {"width": 2}}


def describe_gate(result: Passed) -> str:
    """In words what the figure shows."""
    chosen = f"the cheapest is {result.chosen.name}" if result.chosen else "none is left"
    shut = ", ".join(site.name for site, rules in result.broken.items() if rules) or "none"
    return (
        f"{result.admissible} of {len(result.broken)} clouds break no rule; {chosen} at "
        f"{result.price:.2f} $/h. Shut out: {shut}."
    )


gate_explorer = Explorer(
    name="compliance-gate",
    title="Compliance gate: where may it run?",
    model=gate,
    parameters=Gate,
    picture=draw_gate,
    alt=describe_gate,
    controls=("place", "law", "audited"),
    more=("exclusive", "servers"),
    preview="law",
    presets={
        "Audited, union law": {"place": "anywhere", "law": "union", "audited": True},
        "A state secret": {"place": "home", "law": "home", "audited": True, "exclusive": True},
    },
)
