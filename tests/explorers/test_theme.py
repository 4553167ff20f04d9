"""The colours do what the visual language promises, in both themes and for every eye."""

from itertools import combinations

import pytest

from models.explorers.theme import CJK, ROLES, TENANT_PATTERNS, colours, css, var
from tests.explorers.colours import BLINDNESS, contrast, distance

MODES = ("light", "dark")
LABELS = 4.8  # the house's floor; WCAG 2.2 AA asks for 4.5
EDGES = 3.0  # WCAG 2.2 AA, 1.4.11: what outlines a control or an area
TOLD_APART = 15.0  # CIE 1976; about 2 is just noticeable side by side


def test_the_ruler_is_right():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)  # known from WCAG
    assert distance("#FFFFFF", "#000000", "none") == pytest.approx(100, abs=0.01)
    # Red and green of one lightness: a deuteranope hardly tells them apart.
    assert distance("#C05050", "#808020", "deutan") < distance("#C05050", "#808020", "none") / 3


@pytest.mark.parametrize("mode", MODES)
def test_labels_stand_out_from_their_fills(mode):
    table = colours(mode)
    for role in ROLES:
        assert contrast(table[role.name], table[f"{role.name}-label"]) >= LABELS, role.name


@pytest.mark.parametrize("mode", MODES)
def test_text_and_outlines_stand_out_from_the_page(mode):
    table = colours(mode)
    for ground in ("paper", "panel"):
        assert contrast(table["ink"], table[ground]) >= 7
        assert contrast(table["muted"], table[ground]) >= LABELS
        assert contrast(table["edge"], table[ground]) >= EDGES
        for role in ROLES:
            # A pale fill is outlined: one of the two has to carry the shape.
            best = max(contrast(table[n], table[ground]) for n in (role.name, f"{role.name}-line"))
            assert best >= EDGES, role.name


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("blindness", BLINDNESS)
def test_roles_are_told_apart_by_every_eye(mode, blindness):
    table = colours(mode)
    near = {
        (one.name, other.name): distance(table[one.name], table[other.name], blindness)
        for one, other in combinations(ROLES, 2)
    }
    assert min(near.values()) >= TOLD_APART, min(near, key=near.__getitem__)


def test_colour_is_never_the_only_carrier():
    marks = [(role.letter, role.pattern, role.shape) for role in ROLES]
    assert len(set(marks)) == len(ROLES)
    assert len(set(TENANT_PATTERNS.values())) == len(TENANT_PATTERNS)


def test_the_tokens_are_in_the_page_in_both_themes():
    sheet = css()
    for mode in MODES:
        for name, value in colours(mode).items():
            assert f"--{name}: {value};" in sheet
    assert CJK in sheet
    assert sheet.index("light") < sheet.index('html[data-theme="dark"]')
    assert "prefers-color-scheme: dark" in sheet


def test_an_unknown_colour_is_refused():
    assert var("ink") == "var(--ink)"
    with pytest.raises(ValueError, match="'red' is unknown; allowed: paper, "):
        var("red")
