"""Each gate of the pages catches the defect that it is there for."""

import pytest

from tests.book import gates
from tests.book.browser import serving, visit

HEAD = "<!doctype html><html lang='en'><head><title>A</title></head><body><main><h1>A</h1>"


def site_of(tmp_path, body: str, name: str = "page.html"):
    (tmp_path / name).write_text(f"{HEAD}{body}</main></body></html>", "utf8")
    return tmp_path


@pytest.mark.parametrize(
    "body",
    [
        '<a href="gone.html">away</a>',
        '<a href="page.html#nowhere">away</a>',
        '<img alt="" src="gone.png">',
        '<script src="gone.js"></script>',
    ],
)
def test_a_broken_link_is_caught(tmp_path, body):
    assert len(gates.broken_links(site_of(tmp_path, body))) == 1


def test_a_good_link_is_not(tmp_path):
    site = site_of(tmp_path, '<p id="here"><a href="page.html#here">x</a><a href="#here">y</a>')
    assert gates.broken_links(site) == []


@pytest.mark.parametrize(
    "body",
    [
        '<script src="https://example.org/a.js"></script>',
        '<link rel="stylesheet" href="//example.org/a.css">',
        '<img alt="" src="http://example.org/a.png">',
    ],
)
def test_a_file_loaded_from_outside_is_caught(tmp_path, body):
    assert len(gates.outside_loads(site_of(tmp_path, body))) == 1


def test_a_link_to_outside_is_allowed(tmp_path):
    assert gates.outside_loads(site_of(tmp_path, '<a href="https://example.org">x</a>')) == []


@pytest.mark.parametrize(
    "body",
    ['<img src="a.png">', '<figure class="picture"></figure>', '<div role="img">a drawing</div>'],
)
def test_a_picture_without_a_text_is_caught(tmp_path, body):
    assert len(gates.unnamed_pictures(site_of(tmp_path, body))) == 1


@pytest.mark.parametrize(
    "body",
    [
        "<pre>Traceback (most recent call last):\n  File</pre>",
        '<div class="output traceback highlight-ipythontb">ValueError</div>',
    ],
)
def test_a_traceback_in_a_page_is_caught(tmp_path, body):
    assert gates.tracebacks(site_of(tmp_path, body)) == ["page.html"]


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
class TestInChromium:
    def tab(self, browser, site):
        with serving(site) as base, visit(browser, base) as visitor:
            yield visitor.open("page.html")

    def test_a_picture_with_axes_and_no_data_is_caught(self, browser, tmp_path):
        axes = '<svg class="main-svg"><path d="M0 0h9"/></svg>'
        figure = f'<figure class="picture" role="img" aria-label="axes">{axes}</figure>'
        for tab in self.tab(browser, site_of(tmp_path, figure)):
            assert gates.blank_pictures(tab) == ["axes"]

    @pytest.mark.parametrize(
        ("body", "rule"),
        [
            ('<label>Load</label><input type="range">', "label"),
            ('<p style="color:#aaa;background:#fff">too faint to read</p>', "color-contrast"),
            ('<img src="data:,">', "image-alt"),
            ("<button></button>", "button-name"),
            (
                '<pre style="overflow:auto;width:3em;height:2em">a long line\nanother long line'
                "\nmore\nmore</pre>",
                "scrollable-region-focusable",
            ),
        ],
    )
    def test_what_a_reader_cannot_use_is_caught(self, browser, tmp_path, body, rule):
        for tab in self.tab(browser, site_of(tmp_path, body)):
            assert [found for found in gates.axe(tab) if found.startswith(rule)]

    def test_a_page_without_fault_passes(self, browser, tmp_path):
        for tab in self.tab(browser, site_of(tmp_path, "<label>Load <input></label>")):
            assert gates.axe(tab) == []

    def test_a_blank_picture_is_caught(self, browser, tmp_path):
        figure = '<figure class="picture" role="img" aria-label="empty"><div></div></figure>'
        for tab in self.tab(browser, site_of(tmp_path, figure)):
            assert gates.blank_pictures(tab) == ["empty"]


def test_weight_counts_each_file_once_and_compressed(tmp_path):
    (tmp_path / "a.js").write_text("x" * 100_000, "utf8")
    (tmp_path / "b.woff2").write_bytes(bytes(1000))
    base = "http://127.0.0.1:1/"
    urls = [base + "a.js", base + "a.js?v=1", base + "b.woff2", "data:,abc"]
    assert 1000 < gates.weight(tmp_path, urls, base) < 2000
