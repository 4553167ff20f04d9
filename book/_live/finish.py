"""Finish the built pages: formulas as MathML, no dead weight, a content security policy."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

from book._live import formulas

SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>\s*", re.S)
# The theme's icon script (542 KB compressed), thebe (the live page does its work) and, except on
# the search page, the search index: nothing on the other pages reads it.
USELESS = re.compile(r"fontawesome\.js|sphinx-thebe|THEBE_JS_URL|text/x-thebe-config|^kernelName")
SEARCH = re.compile(r"searchtools\.js|language_data\.js|searchindex\.js")
USELESS_STYLE = re.compile(r'<link[^>]*href="[^"]*sphinx-thebe\.css[^"]*"[^>]*>\s*')
ICON_RULES = re.compile(
    r'(?:\.fa-[\w-]+:before,?)+\{content:"[^"]*"\}|@font-face\{[^}]*Font Awesome[^}]*\}'
)
USELESS_FILES = (
    "_static/**/*.map",
    "_static/**/locales",
    "_static/**/fontawesome*",
    "_static/vendor",
    "_static/sphinx-thebe*",
    "_static/images/logo_*",
    "_static/*webpack-macros.html",
    "_sources",
    ".buildinfo",
)
POLICY = {
    "default-src": "'none'",
    "worker-src": "blob:",
    "connect-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    # Plotly and CodeMirror write styles; styles cannot send anything away under this policy.
    "style-src": "'self' 'unsafe-inline'",
    "form-action": "'none'",
    "base-uri": "'none'",
}
SCRIPTS = "'self' blob: 'wasm-unsafe-eval'"


def is_code(attributes: str) -> bool:
    """Whether a script element holds code (not JSON or another block of data)."""
    kind = re.search(r'type="([^"]*)"', attributes)
    return kind is None or kind.group(1) in ("", "module", "text/javascript")


def without_dead_weight(html: str, is_search: bool) -> str:
    """Take out the scripts and styles that no page of the book uses."""

    def keep(script: re.Match) -> str:
        attributes, text = script.groups()
        where = attributes + " " + text
        if USELESS.search(where) or USELESS.search(text.strip()):
            return ""
        return "" if SEARCH.search(attributes) and not is_search else script.group(0)

    return USELESS_STYLE.sub("", SCRIPT.sub(keep, html))


def with_honest_names(html: str) -> str:
    """Let the search button be called what it shows ('Search Ctrl+K'), as WCAG 2.5.3 wants."""
    button = re.compile(r'(<button[^>]*search-button-field[^>]*?) aria-label="Search"')
    return button.sub(r"\1", html)


def with_living_roles(html: str) -> str:
    """Drop docutils' roles in a bibliography: an entry's is deprecated, the list's needs it."""
    html = html.replace(' role="doc-biblioentry"', "")
    return html.replace('<div role="list" class="citation-list">', '<div class="citation-list">')


def policy(html: str) -> str:
    """The page's content security policy: its own inline scripts are named by their hashes."""
    hashes = []
    for script in SCRIPT.finditer(html):
        attributes, text = script.groups()
        if "src=" not in attributes and is_code(attributes):
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            hashes.append(f"'sha256-{digest}'")
    sources = " ".join([SCRIPTS, *sorted(set(hashes))])
    rules = [f"{name} {value}" for name, value in POLICY.items()]
    return "; ".join([*rules[:1], f"script-src {sources}", *rules[1:]])


def with_policy(html: str) -> str:
    """Put the policy at the very start of the head: it holds for what comes after it."""
    meta = f'<meta http-equiv="Content-Security-Policy" content="{policy(html)}">'
    return re.sub(r"<head>", lambda head: head.group(0) + "\n    " + meta, html, count=1)


def lighten_theme(site: Path) -> None:
    """Take the icon fonts and their 2,000 rules out of the theme's style (see page/icons.css)."""
    for style in site.glob("_static/styles/pydata-sphinx-theme.css"):
        text = ICON_RULES.sub("", style.read_text("utf8"))
        style.write_text(re.sub(r"\n?/\*# sourceMappingURL.*?\*/", "", text), "utf8")


def remove_useless_files(site: Path) -> None:
    """Delete what no page loads any more, so that it is neither shipped nor to be licensed."""
    for pattern in USELESS_FILES:
        for path in sorted(site.glob(pattern), reverse=True):
            for file in sorted(path.rglob("*"), reverse=True) if path.is_dir() else []:
                file.rmdir() if file.is_dir() else file.unlink()
            path.rmdir() if path.is_dir() else path.unlink()


def finish(site: Path) -> None:
    """Rewrite each page of the site in place."""
    remove_useless_files(site)
    lighten_theme(site)
    pages = {page: page.read_text("utf8") for page in sorted(site.rglob("*.html"))}
    written = formulas.typeset(list(pages.values()))
    for (page, before), html in zip(pages.items(), written, strict=True):
        html = without_dead_weight(html, is_search=page.name == "search.html")
        html = with_policy(with_living_roles(with_honest_names(html)))
        if html != before:
            page.write_text(html, "utf8")
