"""The visual language: hue says who owns the code, tone says privilege.

One table of colours, by role, for light and dark, gives the CSS of the page and the template of
every figure. Figures never store a colour: they store the role's CSS variable (``var(--ink)``),
which the page's script looks up when it draws, so a picture follows the reader's theme.
Colour is never the only carrier: every role has its mark, every series its line style.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Shade:
    """How a role looks in one theme: its area, the text on it, and its outline."""

    fill: str
    label: str
    line: str


@dataclass(frozen=True)
class Role:
    """Somebody who owns code, wherever it is drawn.

    Attributes
    ----------
    name : str
        Of the CSS variables ``--<name>``, ``--<name>-label`` and ``--<name>-line``.
    title : str
        For legends.
    light, dark : Shade
    letter : str
        Written on the area; empty for none.
    pattern : str
        Plotly's name of the fill pattern; empty for plain.
    shape : {"rounded", "square", "chevron"}
        Of a tile in diagrams.
    """

    name: str
    title: str
    light: Shade
    dark: Shade
    letter: str = ""
    pattern: str = ""
    shape: str = "rounded"


PAPER, INK = "#FCFBF8", "#1B1F24"
NIGHT, SNOW = "#11151A", "#E6EAEE"

ROLES = (
    Role(
        "guest-user",
        "Guest user, container process",
        Shade("#4A9BDC", INK, INK),
        Shade("#8CC8FF", NIGHT, SNOW),
    ),
    Role(
        "guest-kernel",
        "Guest kernel",
        Shade("#0B4A8F", "#FFFFFF", INK),
        Shade("#3585DB", NIGHT, SNOW),
        letter="K",
    ),
    Role(
        "host-user",
        "Host user (monitor, dom0, parent)",
        Shade("#E39A1B", INK, INK),
        Shade("#FFC766", NIGHT, SNOW),
        pattern="/",
    ),
    Role(
        "host-kernel",
        "Hypervisor, host kernel",
        Shade("#A34400", "#FFFFFF", INK),
        Shade("#E2701A", NIGHT, SNOW),
        letter="H",
        pattern="/",
    ),
    Role(
        "firmware",
        "Firmware",
        Shade("#2B2B2B", "#FFFFFF", INK),
        Shade("#F2F2F2", NIGHT, SNOW),
        letter="M",
    ),
    Role(
        "hardware",
        "Hardware",
        Shade("#CDD3DA", INK, "#5F6B76"),
        Shade("#4A5460", "#FFFFFF", "#9AA7B4"),
        shape="square",
    ),
    Role(
        "device",
        "Device, DMA",
        Shade("#00806A", "#FFFFFF", INK),
        Shade("#2FB396", NIGHT, SNOW),
        shape="chevron",
    ),
)

# What belongs to nobody: the page itself. (light, dark)
SURFACES = {
    "paper": (PAPER, NIGHT),
    "panel": ("#F3F1EB", "#191F26"),
    "ink": (INK, SNOW),
    "muted": ("#5A636D", "#A3AEB9"),
    "rule": ("#D9D5CB", "#323B45"),
    "edge": ("#767F89", "#7E8A96"),
    "band": ("rgba(27,31,36,0.2)", "rgba(230,234,238,0.2)"),
}

# Tenants A, B and C are told apart by pattern; they have no hue.
TENANT_PATTERNS = {"A": "/", "B": ".", "C": "x"}

SERIF = (
    'Charter, "Bitstream Charter", "Iowan Old Style", "Source Serif 4", Georgia, '
    '"Noto Serif", "DejaVu Serif", serif'
)
SANS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif'
MONO = 'ui-monospace, "SF Mono", "Cascadia Mono", Menlo, "DejaVu Sans Mono", monospace'
CJK = (
    '"PingFang SC", "Hiragino Sans GB", "Noto Sans CJK SC", "Source Han Sans SC", '
    '"Microsoft YaHei", "WenQuanYi Zen Hei", sans-serif'
)

DARK_PAGES = ('html[data-theme="dark"]', 'body[data-jp-theme-light="false"]')
# Without a script that chose a theme, the reader's system decides.
UNDECIDED = "html:not([data-theme]):not(:has(body[data-jp-theme-light]))"


def colours(mode: str) -> dict[str, str]:
    """Every colour by the name of its CSS variable; `mode` is "light" or "dark"."""
    column = ("light", "dark").index(mode)
    named = {name: pair[column] for name, pair in SURFACES.items()}
    for role in ROLES:
        shade = role.dark if column else role.light
        named[role.name] = shade.fill
        named[f"{role.name}-label"] = shade.label
        named[f"{role.name}-line"] = shade.line
    return named


def css() -> str:
    """The tokens as CSS variables, light first, dark where the page or the system asks for it."""
    fonts = {"serif": SERIF, "sans": SANS, "mono": MONO, "cjk": CJK}
    light = {"color-scheme": "light"} | _variables(colours("light") | fonts)
    dark = _block({"color-scheme": "dark"} | _variables(colours("dark")))
    return (
        f":root {{{_block(light)}}}\n"
        f"{', '.join(DARK_PAGES)} {{{dark}}}\n"
        f"@media (prefers-color-scheme: dark) {{ {UNDECIDED} {{{dark}}} }}\n"
    )


def _variables(values: dict[str, str]) -> dict[str, str]:
    return {f"--{name}": value for name, value in values.items()}


def _block(values: dict[str, str]) -> str:
    return "".join(f" {name}: {value};" for name, value in values.items()) + " "


def var(name: str) -> str:
    """A colour for a figure: the CSS variable of a role or a surface.

    Raises
    ------
    ValueError
        For a name that the theme lacks.
    """
    if name not in colours("light"):
        raise ValueError(f"colour: {name!r} is unknown; allowed: {', '.join(colours('light'))}")
    return f"var(--{name})"
