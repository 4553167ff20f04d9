"""Chapter 2: whether it is a cloud, and what breaks when a trait is taken away."""

from models.cloud.traits.ablation import TRAITS
from models.cloud.traits.judge import Candidate, Judged, judge
from models.cloud.traits.knock_out import Knocked, KnockOut, knock_out
from models.cloud.traits.rapid import Pace, Paced, at_pace
from models.cloud.traits.stories import STORIES
from models.cloud.traits.systems import SYSTEMS
from models.explorers import figures, ticks
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure, Trace
from models.explorers.prediction import Misconception, Prediction
from models.facts import Fact

TRAIT_LABELS = ("Self-service", "Access", "Pooling", "Elasticity", "Metering")
OFFERED = ("cluster", "webmail", "tickets", "rented")


def _the_cloud() -> str:
    """The one of the four that shows all five traits."""
    (name,) = (n for n in OFFERED if not judge(Candidate(n)).missing)
    return name


all_five = Prediction(
    name="all-five",
    question=(
        "A cloud has five traits: self-service, broad network access, pooling, rapid elasticity "
        "and measured service. Which of these four has all of them?"
    ),
    truth=_the_cloud,
    because=(
        "You get a mailbox at midnight, from any device, out of a pool that you share with "
        "millions; it grows as mail comes, and tells how much of it you use. Nobody said that one "
        "has to see a server."
    ),
    options={name: SYSTEMS[name].label for name in OFFERED},
    misconceptions=(
        Misconception(
            "cluster",
            "Many machines make a cloud",
            "it has more machines than the others, shares and counts them. But your job waits "
            "hours for its turn, and only those at the login machine may submit one.",
        ),
        Misconception(
            "tickets",
            "Virtual machines make a cloud",
            "they make a pool. In front of it sits a person, who goes home at five.",
        ),
        Misconception(
            "rented",
            "Renting makes a cloud",
            "it is there in minutes, but stays for a month, used or not, and nobody counts.",
        ),
    ),
)


def draw_judged(result: Judged) -> Figure:
    """The candidate above all systems as they are."""
    rows = {_yours(result.parameters): [f.shown for f in result.findings]}
    rows |= {
        system.label: [f.shown for f in judge(Candidate(name)).findings]
        for name, system in SYSTEMS.items()
    }
    return ticks.grid(rows, TRAIT_LABELS, "Trait shown", "Trait missing")


def _yours(candidate: Candidate) -> str:
    built = len({candidate.first, candidate.second} - {"nothing"})
    return f"<b>Yours{' + ' + str(built) if built else ''}</b>"


def describe_judged(result: Judged) -> str:
    """In words what the figure shows."""
    label = SYSTEMS[result.parameters.system].label
    missing = " and ".join(result.missing) or "none"
    return (
        f"A grid of seven systems and five traits. {label}, with what was built for it, shows "
        f"{result.shown} of the five; missing: {missing}."
    )


is_it_a_cloud = Explorer(
    name="is-it-a-cloud",
    title="Is it a cloud?",
    model=judge,
    parameters=Candidate,
    picture=draw_judged,
    alt=describe_judged,
    controls=("system", "first", "second"),
    preview="system",
    guard=all_five.name,
)


def _broken() -> Fact:
    broken = knock_out(KnockOut("self-service")).broken
    return Fact("Stories that break", len(broken), f"of {len(STORIES)}")


knocked_stories = Prediction(
    name="knocked-stories",
    question=(
        "Six tenants live on a cloud, and all goes well for them. Only one thing changes: a "
        "person in the office, Monday to Friday from nine to five, now says yes to each wish. "
        "Machines, network, pool, speed and meter stay. For how many of the six does it go wrong?"
    ),
    truth=_broken,
    because=(
        "Whatever is wanted at night or at the weekend waits for an office hour: more machines "
        "for a crowd, the repair, the weekend's work. And at six nobody takes a machine back."
    ),
    low=0,
    high=6,
    misconceptions=(
        Misconception(
            1,
            "A story a trait",
            "each trait has its own use, but they lean on one another. What a person must allow "
            "is neither rapid nor paid by the hour, however fast the machines are.",
        ),
        Misconception(
            0,
            "Only slower",
            "half an hour of work a ticket would be slower. Waiting for Monday is something else.",
        ),
        Misconception(
            6,
            "All of them",
            "who plans weeks ahead, and changes things on a Wednesday morning, notices nothing.",
        ),
    ),
)


def draw_knocked(result: Knocked) -> Figure:
    """The reader's knock-out above the whole cloud and each single one."""
    whose = result.parameters.tenants
    rows = {"<b>Yours</b>": _stand(result)}
    rows |= {"Nothing taken": _stand(knock_out(KnockOut(tenants=whose)))}
    rows |= {f"No {trait}": _stand(knock_out(KnockOut(trait, tenants=whose))) for trait in TRAITS}
    columns = [STORIES[name].short for name in result.told]
    return ticks.grid(rows, columns, "Story stands", "Story breaks")


def _stand(knocked: Knocked) -> list[bool]:
    return [told.stands for told in knocked.told.values()]


def describe_knocked(result: Knocked) -> str:
    """In words what the figure shows."""
    taken = " and ".join(result.parameters.taken) or "nothing"
    broken = ", ".join(STORIES[name].short.lower() for name in result.broken) or "none"
    return (
        "A grid of what is taken away and tenants' stories. With "
        f"{taken} taken away, these break: {broken}."
    )


knock_out_explorer = Explorer(
    name="knock-out",
    title="Knock out a trait",
    model=knock_out,
    parameters=KnockOut,
    picture=draw_knocked,
    alt=describe_knocked,
    controls=("first", "second", "tenants"),
    preview="first",
    guard=knocked_stories.name,
)

STRAIN = (0.1, 1_000.0)  # of what is wanted, on the picture's axis


def draw_paced(result: Paced) -> Figure:
    """How far each story is from what its tenant wants."""
    places = {name: -row for row, name in enumerate(STORIES)}
    strains = {
        name: min(max(told.strain, STRAIN[0]), STRAIN[1]) for name, told in result.told.items()
    }
    stand = [name for name in STORIES if name in result.standing]
    fall = [name for name in STORIES if name not in result.standing]
    return figures.figure(
        [
            figures.reference([1, 1], [0.6, 0.4 - len(STORIES)], "What the tenant wants"),
            _strained(stand, "Story stands", "circle", strains, places),
            _strained(fall, "Story breaks", "x-thin-open", strains, places),
        ],
        figures.axis("Times the bound", STRAIN, "log", tickvals=[0.1, 1, 10, 100, 1000]),
        figures.axis("", (0.5 - len(STORIES), 0.6))
        | {
            "tickmode": "array",
            "tickvals": list(places.values()),
            "ticktext": [story.short for story in STORIES.values()],
            "zeroline": False,
        },
        height=360,
        margin={"l": 96, "r": 16, "t": 12, "b": 90},
        legend={"orientation": "h", "x": 0, "y": -0.22, "yanchor": "top"},
        phone={"margin": {"l": 84, "r": 8, "t": 10, "b": 104}, "height": 360},
    )  # fmt: skip


def _strained(
    names: list[str], label: str, symbol: str, strains: dict[str, float], places: dict[str, int]
) -> Trace:
    return ticks.marks(
        [(strains[name], places[name]) for name in names],
        label,
        symbol,
        hovertemplate="%{x:.2g} times the bound<extra></extra>",
        cliponaxis=False,
    )


def describe_paced(result: Paced) -> str:
    """In words what the figure shows."""
    broken = [STORIES[n].short.lower() for n in STORIES if n not in result.standing]
    p = result.parameters
    return (
        f"When a machine comes {p.lead:,.4g} minutes after the yes and stays at least "
        f"{p.term:g} days, these stories break: {', '.join(broken) or 'none'}."
    )


how_rapid = Explorer(
    name="how-rapid",
    title="How rapid is rapid?",
    model=at_pace,
    parameters=Pace,
    picture=draw_paced,
    alt=describe_paced,
    controls=("lead", "term"),
    preview="lead",
)
