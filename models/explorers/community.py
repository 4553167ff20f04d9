"""Chapter 3: who gains by sharing a cloud, and who pays how much of it."""

from models.cloud.deployment.community import CIRCLES, Community, Sharing, community
from models.explorers import figures
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure, Trace
from models.explorers.prediction import Misconception, Prediction
from models.explorers.theme import var


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
        figures.axis(
            "",
            (len(rows) - 0.3, -0.7),
            tickvals=rows,
            ticktext=names,
            showgrid=False,
            zeroline=False,
        ),
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
