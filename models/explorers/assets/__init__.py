"""What the page and the live widgets load: scripts and styles, put together from small files."""

from models import stored
from models.explorers import theme

SHARED = ("motion.js", "picture.js", "controls.js", "prediction.js", "links.js")
STYLES = (
    "explorer.css",
    "page_walk.css",
    "walk_of_walks.css",
    "machine.css",
    "river.css",
    "find_out.css",
    "layers.css",
)
WALKS = ("page_walk.js", "walk_of_walks.js")


def text(name: str) -> str:
    """One file of this folder."""
    return stored.text(__name__, name)


def page_script() -> str:
    """The classic script of every page with cells.

    The page loads it as ``<script defer data-plotly="ADDRESS OF THE PLOTLY BUNDLE" src=...>``.
    """
    own = ("river.js", "find_out.js", "layers.js")
    return "(() => {\n" + _joined(*SHARED, *WALKS, *own, "page.js") + "})();\n"


def explorer_module() -> str:
    """The ES module of the explorer's widget."""
    return _joined(*SHARED, "explorer.js") + "export default { render: renderExplorer };\n"


def prediction_module() -> str:
    """The ES module of the prediction's widget."""
    return _joined(*SHARED) + "export default { render: renderPrediction };\n"


def by_hand_module() -> str:
    """The ES module of the widget in which a reader draws a fleet."""
    return _joined(*SHARED, "by_hand.js") + "export default { render: renderByHand };\n"


def own_demand_module() -> str:
    """The ES module of the widget that takes a reader's file."""
    return _joined(*SHARED, "own_demand.js") + "export default { render: renderOwnDemand };\n"


def page_walk_module() -> str:
    """The ES module of the widget in which a reader walks a page table."""
    return _joined(*SHARED, "page_walk.js") + "export default { render: renderPageWalk };\n"


def walk_of_walks_module() -> str:
    """The ES module of the widget in which a reader walks two tables."""
    return _joined(*SHARED, *WALKS) + "export default { render: renderWalkOfWalks };\n"


def river_module() -> str:
    """The ES module of the widget in which 1000 instructions flow."""
    return _joined(*SHARED, "asking.js", "river.js") + "export default { render: renderRiver };\n"


def find_out_module() -> str:
    """The ES module of the widget with two boards in lock-step."""
    scripts = _joined(*SHARED, "asking.js", "find_out.js")
    return scripts + "export default { render: renderFindOut };\n"


def layers_module() -> str:
    """The ES module of the widget in which an operation crosses layers."""
    scripts = _joined(*SHARED, "page_walk.js", "layers.js")
    return scripts + "export default { render: renderLayers };\n"


def machine_module(render: str, *names: str) -> str:
    """The ES module of a machine to step through: the function and files of its upper part."""
    return _joined(*SHARED, "machine.js", *names) + f"export default {{ render: {render} }};\n"


def css() -> str:
    """The theme's tokens and the looks of explorers and predictions."""
    return theme.css() + _joined(*STYLES)


def _joined(*names: str) -> str:
    return "\n".join(text(name) for name in names)
