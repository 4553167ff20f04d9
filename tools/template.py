"""What a page of a chapter has to have: the book's template as a check.

A reader learns where to look: the article's words, a prediction before the result, three things to
try, the surprise, questions, what the model cannot show, five lines to keep, terms and sources.
"""

import re
from collections.abc import Iterator

from nbformat import NotebookNode

#: Name of a part, and how its beginning looks in the page's source.
PARTS = {
    "what the reader can do afterwards": r"^After (this page|it) you can ",
    "what is needed, and the time": r"^\*You need:\*.*\*Time:\* \d+ minutes",
    "the article's words": r'^<span class="zh" lang="zh-Hans" translate="no">',
    "a prediction": r"^## Predict$",
    "things to try": r"^## Try this$",
    "the surprise": r"\.surprise\(\)$",
    "a question to check oneself": r"<summary>Check yourself: ",
    "something to do": r"exercise\(\"\d\d-\d\"\)|^## To do$|^\*To do:\*",
    "what the model cannot show": r"^## What this model cannot show$",
    "lines to keep": r"^## (Summary|Summary of the chapter|What to keep from this page)$",
    "terms": r"^\*\*Terms:\*\* ",
    "sources": r"^\*\*Sources:\*\* ",
}
KEPT = re.compile(r"^## (?:Summary.*|What to keep.*)\n\n((?:.+\n?)+)", re.M)
TERMS = re.compile(r"^\*\*Terms:\*\*((?:.+\n?)+)", re.M)
LINES = 5


def missing(page: NotebookNode) -> Iterator[str]:
    """Yield a complaint for each part of the template that a page lacks."""
    text = "\n\n".join(cell.source for cell in page.cells)
    for name, begins in PARTS.items():
        # A paragraph may be broken anywhere.
        if not re.search(begins.replace(" ", r"\s"), text, re.M | re.S):
            yield f"has not: {name}"
    for kept in KEPT.findall(text):
        if kept.count("\n- ") + 1 != LINES:
            yield f"keeps {kept.count(chr(10) + '- ') + 1} lines, not {LINES}"
    for terms in TERMS.findall(text):
        if "{term}" not in terms:
            yield "links none of its terms to the glossary"
