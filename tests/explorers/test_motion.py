"""A picture that was moved is the one that would have been drawn anew, to the pixel."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from models.explorers import assets
from models.explorers.explorer import Explorer
from models.explorers.figures import Figure, axis, figure, run
from models.explorers.registry import explorers

pytestmark = pytest.mark.browser

# Draws figures one after the other in one place; how often Plotly drew anew.
SHOW = """(figures) => {
  document.body.replaceChildren(make("div", { className: "picture-area" }));
  const area = document.body.firstChild;
  const { react } = Plotly;
  let anew = 0;
  Plotly.react = (...all) => (anew += 1, react(...all));
  for (const one of figures) draw(area, one);
  Plotly.react = react;
  return anew;
}"""


@pytest.fixture(scope="module")
def page(browser: Browser, pages: Path) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 600, "height": 450})
    page = context.new_page()
    page.set_content("<!doctype html><style>body { margin: 0; background: white }</style>")
    page.add_style_tag(content=assets.css())
    page.add_script_tag(path=pages / "plotly.js")
    page.add_script_tag(content=assets.text("motion.js") + assets.text("picture.js"))
    page.add_script_tag(content=assets.text("controls.js"))
    yield page
    context.close()


@pytest.fixture
def show(page: Page) -> Callable[..., tuple[bytes, int]]:
    def shown(*figures: Figure) -> tuple[bytes, int]:
        anew = page.evaluate(SHOW, figures)
        return page.screenshot(), anew

    return shown


def dragged(explorer: Explorer) -> list[Figure]:
    """Two steps of the first slider; none where there is no slider."""
    for declared in explorer.declarations:
        if declared.kind in ("integer", "number"):
            lower, upper = declared.axis(9)[3:5] if declared.axis(9).size > 4 else declared.axis(2)
            values = [{declared.name: value.item()} for value in (lower, upper)]
            tries = [explorer.parameters(**explorer.defaults() | each) for each in values]
            return [explorer.answer(each, draft=True).figure for each in tries]
    return []


def test_every_explorer_dragged_shows_what_it_would_show_anew(show):
    moved = []
    for explorer in explorers():
        if figures := dragged(explorer):
            picture, anew = show(*figures)
            assert picture == show(figures[-1])[0], explorer.name
            moved.append(anew == 1)
    assert sum(moved) > 0.7 * len(moved)


def line(*values: float, title: str = "y", **more) -> Figure:
    ends = axis("x", (0, 3)), axis(title, (0, 9))
    return figure([run(range(len(values)), values, "Run", **more)], *ends)


@pytest.mark.parametrize(
    "then",
    [
        line(3, 1, 2, title="Another axis"),
        line(3, 1, 2, mode="markers"),
        line(),
        figure(line(3, 1, 2)["data"] * 2, axis("x", (0, 3)), axis("y", (0, 9))),
        figure(line(3, 1, 2)["data"], axis("x", (0, 3)), axis("y", (0, 5))),
        figure(line(30, 10)["data"], {"title": "x"}, {"title": "y"}),
    ],
)
def test_what_cannot_be_moved_is_drawn_anew(show, then):
    picture, anew = show(line(1, 2, 3), then)
    assert (picture, anew) == (show(then)[0], 2)


def test_of_many_pictures_the_last_one_stays(show):
    steps = [line(1, 2, number) for number in range(6)]
    picture, anew = show(*steps)
    assert (picture, anew) == (show(steps[-1])[0], 1)
    last = line(2, 2, 2, title="Another axis")
    assert show(*steps, last)[0] == show(last)[0]


def test_more_or_fewer_points_move(show):
    for then in (line(3, 1), line(3, 1, 2, 4)):
        assert show(line(1, 2, 3), then) == (show(then)[0], 1)


def test_what_was_moved_is_told_under_the_pointer(show, page):
    told = {"hovertemplate": "%{y} of %{customdata}<extra></extra>"}
    labels = []
    for steps in ([line(4, 4, 4, **told, customdata=[7, 8, 9])],
                  [line(1, 4, 3, **told, customdata=[1, 2, 3]),
                   line(4, 4, 4, **told, customdata=[7, 8, 9])]):  # fmt: skip
        show(*steps)
        place = page.locator(".scatterlayer .point").nth(1).bounding_box()
        page.mouse.move(place["x"] + 20, place["y"] + 20)
        page.mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
        label = page.locator(".hovertext")
        label.wait_for()
        labels.append((label.text_content(), label.locator("path").get_attribute("style")))
        page.mouse.move(0, 0)
    assert labels[0][0] == "4 of 8"
    assert labels[1] == labels[0]
