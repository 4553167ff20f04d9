"""Chapter 3: the compliance gate, a row for each cloud and a column for each rule."""

from models.cloud.deployment.placement import RULES, Gate, Passed, gate
from models.explorers import figures
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure
from models.explorers.theme import var

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
            showgrid=False,
            zeroline=False,
        ),
        figures.axis(
            "",
            (-0.6, len(sites) - 0.4),
            tickvals=list(rows.values()),
            ticktext=[site.name for site in rows],
            showgrid=False,
            zeroline=False,
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
    left = "none is left"
    if result.chosen:
        left = f"the cheapest is {result.chosen.name} at {result.price:.2f} $/h"
    shut = ", ".join(site.name for site, rules in result.broken.items() if rules) or "none"
    return (
        f"{result.admissible} of {len(result.broken)} clouds break no rule; {left}. "
        f"Shut out: {shut}."
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
