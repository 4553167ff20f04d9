"""Formulas become MathML when the book is built, so that no page loads a script for them."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.math import get_node_equation_number, wrap_displaymath

from book._live import fetch

PLACEHOLDER = re.compile(r'<math-tex data-display="(true|false)">(.*?)</math-tex>', re.S)


class FormulaError(Exception):
    """A formula that cannot be typeset."""


def placeholder(tex: str, display: bool) -> str:
    """What stands for a formula until all are typeset at once."""
    return f'<math-tex data-display="{str(display).lower()}">{html.escape(tex)}</math-tex>'


def visit_inline(translator: nodes.NodeVisitor, node: nodes.math) -> None:
    """Write a formula that stands in a line."""
    translator.body.append(placeholder(node.astext(), display=False))
    raise nodes.SkipNode


def visit_block(translator: nodes.NodeVisitor, node: nodes.math_block) -> None:
    """Write a formula that stands by itself, with its number when it has a label."""
    anchor = f' id="{node["ids"][0]}"' if node["ids"] else ""
    translator.body.append(f'<div class="math-block"{anchor}>')
    if node["number"]:
        number = get_node_equation_number(translator, node)
        translator.body.append(f'<span class="eqno">({number})</span>')
    tex = node.astext() if node["nowrap"] else wrap_displaymath(node.astext(), None, False)
    tex = re.sub(r"^\s*\\\[|\\\]\s*$", "", tex.strip())
    translator.body.append(placeholder(tex, display=True) + "</div>\n")
    raise nodes.SkipNode


def typeset(pages: list[str]) -> list[str]:
    """The pages with each formula's placeholder replaced by MathML; one Node run for all."""
    found = [match for page in pages for match in PLACEHOLDER.finditer(page)]
    jobs = sorted({(html.unescape(each[2]), each[1] == "true") for each in found})
    if not jobs:
        return pages
    script = Path(__file__).with_name("formulas.mjs")
    node = str(Path(sys.executable).with_name("node"))
    done = subprocess.run(
        [node, str(script), str(fetch.npm_packages())],
        input=json.dumps(jobs),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise FormulaError(done.stderr.strip())
    written = dict(zip(jobs, json.loads(done.stdout), strict=True))

    def replace(match: re.Match) -> str:
        return written[html.unescape(match[2]), match[1] == "true"]

    return [PLACEHOLDER.sub(replace, page) for page in pages]


def setup(app: Sphinx) -> None:
    """Make this the way that the book's formulas are written."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
