"""Every explorer of the book passes the gate, and the gate catches every planted defect."""

from dataclasses import dataclass, replace

import pytest

from models.explorers import failures, figures
from models.explorers.explorer import Explorer
from models.explorers.prediction import Prediction
from models.explorers.registry import explorers, others, predictions
from models.explorers.view import WIDGET_VIEW
from models.facts import Fact, Facts
from models.parameters import Parameters, choice, flag, parameter
from tests.explorers.gate import complaints, of_output


@dataclass(frozen=True)
class Size(Parameters):
    n: int = parameter(3, unit="items", low=1, high=9, label="Items")
    law: str = choice("square", {"square": "Square", "cube": "Cube"}, label="Law")
    shown: bool = flag(True, label="Shown")


@dataclass(frozen=True)
class Grown:
    parameters: Size

    @property
    def y(self) -> list[float]:
        power = 2 if self.parameters.law == "square" else 3
        return [float(k**power) for k in range(1, self.parameters.n + 1)]

    def facts(self) -> Facts:
        return Facts(Fact("last", self.y[-1]))


def draw(grown: Grown) -> figures.Figure:
    x = range(1, len(grown.y) + 1)
    return figures.figure(
        [figures.run(x, grown.y, "Run")], figures.axis("n", (0, 9)), figures.axis("y", (0, 800))
    )


def describe(grown: Grown) -> str:
    return f"A curve that ends at {grown.y[-1]:g}."


SOUND = Explorer(
    name="sound",
    title="Sound",
    model=Grown,
    parameters=Size,
    picture=draw,
    alt=describe,
    controls=("n", "law"),
    more=("shown",),
    presets={"Five": {"n": 5}},
    preview="n",
)


def failing(when):
    """A picture that raises for some settings, as a mistyped key in a callback would."""

    def picture(grown: Grown) -> figures.Figure:
        return draw(grown) if not when(grown.parameters) else {}["missing"]

    return picture


def empty(grown: Grown) -> figures.Figure:
    figure = draw(grown)
    return {**figure, "data": [{**figure["data"][0], "y": [None] * len(grown.y)}]}


class WithoutWidget(Explorer):
    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = super()._repr_mimebundle_()
        del bundle[WIDGET_VIEW]
        return bundle


PLANTED = {
    "raises at its default": (replace(SOUND, picture=failing(lambda p: p.n == 3)), "defaults"),
    "raises at one end": (replace(SOUND, picture=failing(lambda p: p.n == 9), preview=""), "n = 9"),
    "raises at an option": (replace(SOUND, picture=failing(lambda p: p.law == "cube")), "'cube'"),
    "raises in a flag": (replace(SOUND, picture=failing(lambda p: not p.shown)), "shown = False"),
    "raises in a button": (
        replace(SOUND, picture=failing(lambda p: p.n == 5), preview=""),
        "button Five",
    ),
    "raises while dragging": (
        replace(SOUND, draft=lambda p: 1 / (p.n - 9) and Grown(p), preview=""),
        "settled False",
    ),
    "emits no widget": (WithoutWidget(**vars(SOUND)), "emits no widget"),
    "shows a blank figure": (replace(SOUND, picture=empty), "blank figure"),
    "blank at one end only": (
        replace(SOUND, picture=lambda g: (empty if g.parameters.n == 9 else draw)(g), preview=""),
        "the figure is blank",
    ),
    "has no alt text": (replace(SOUND, alt=lambda _: " "), "blank alt text"),
    "draws what Plotly does not know": (
        replace(SOUND, picture=lambda g: {**draw(g), "layout": {"heigth": 3}}),
        "heigth",
    ),
}


@pytest.mark.parametrize("defect", PLANTED)
def test_a_planted_defect_is_caught(defect):
    explorer, words = PLANTED[defect]
    try:
        found = "\n".join(complaints(explorer))
    except ValueError as error:  # Plotly's own refusal
        found = str(error)
    assert words in found


def test_a_sound_explorer_passes():
    assert complaints(SOUND) == []
    assert failures.RECORD == []


@pytest.mark.parametrize("explorer", explorers(), ids=lambda explorer: explorer.name)
def test_every_explorer_of_the_book_passes(explorer):
    assert complaints(explorer) == []


@pytest.mark.parametrize("prediction", predictions(), ids=lambda prediction: prediction.name)
def test_every_prediction_of_the_book_can_be_shown(prediction):
    bundle = prediction._repr_mimebundle_()
    assert WIDGET_VIEW in bundle
    assert f'data-explorer="predict-{prediction.name}"' in bundle["text/html"]
    assert all(m.name and m.says for m in prediction.misconceptions)


@pytest.mark.parametrize("output", others(), ids=lambda output: output.name)
def test_every_other_output_of_the_book_has_both_forms(output):
    assert list(of_output(output.name, output._repr_mimebundle_())) == []


def test_no_two_outputs_share_a_name():
    """Names stand in links and in what the browser keeps."""
    names = [output.name for output in (*explorers(), *predictions(), *others())]
    assert len(set(names)) == len(names)
    assert {"page-walk", "playground", "stepper"} <= set(names)


def test_every_guard_is_a_prediction():
    assert {e.guard for e in explorers() if e.guard} <= {p.name for p in predictions()}


def test_the_registry_finds_what_chapters_declare():
    assert [e.name for e in explorers()].count("how-many-servers") == 1
    assert all(isinstance(p, Prediction) for p in predictions())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"controls": ("n", "law", "shown", "n")}, "controls: sound has 4; allowed: at most 3"),
        ({"controls": ("m",)}, "Size declares no 'm'; it has n, law, shown"),
        ({"preview": "m"}, "declares no 'm'"),
        ({"presets": {"Ten": {"n": 10}}}, "n: 10 is out of range"),
    ],
)
def test_a_careless_declaration_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        replace(SOUND, **change)
