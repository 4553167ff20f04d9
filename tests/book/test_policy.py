"""What a reader's own cell may not reach: each way out is tried on a second, listening server."""

import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from book._live.finish import with_policy
from tests.book import gates
from tests.book.browser import go_live, serving, visit
from tests.book.test_live import output, retype

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def ways(place: str) -> str:
    """A reader's cell: fetch and a socket from the worker, a picture, a widget's import."""
    return f"""\
import anywidget
import js
from IPython.display import HTML, display

for attempt in (lambda: js.fetch("{place}fetch"), lambda: js.WebSocket.new("{place}socket")):
    try:
        attempt()
    except Exception as error:
        print("refused:", type(error).__name__)


class Spy(anywidget.AnyWidget):
    _esm = 'import "{place}import.js"; export default {{ render() {{}} }};'


display(HTML('<img alt="" src="{place}picture.png">'), Spy())
print("tried")
"""


@pytest.fixture
def listener():
    """A server of another origin that notes what reaches it."""
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            heard.append(self.path)
            self.send_response(200)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Content-Type", "text/javascript")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{web.server_address[1]}/", heard
    web.shutdown()
    web.server_close()


def try_all(browser, base, place) -> None:
    with visit(browser, base) as visitor:
        tab = visitor.open("one.html")
        go_live(tab)
        retype(tab, 2, ways(place))
        expect(output(tab, 2)).to_contain_text("tried")
        tab.wait_for_timeout(2000)  # what leaves the page does so without telling it


def test_every_way_out_is_refused(browser, fixture_base, listener):
    place, heard = listener
    try_all(browser, fixture_base, place)
    assert heard == []


def test_without_the_policy_each_way_out_is_open(browser, fixture_site, tmp_path, listener):
    """The planted defect: it shows that the test above would see what leaves the page."""
    place, heard = listener
    site = tmp_path / "site"
    shutil.copytree(fixture_site, site)
    page = site / "one.html"
    html = page.read_text("utf8")
    page.write_text(html.replace('http-equiv="Content-Security-Policy"', ""), "utf8")
    assert gates.without_policy(site) == ["one.html"]
    with serving(site) as base:
        try_all(browser, base, place)
    assert set(heard) == {"/fetch", "/socket", "/import.js", "/picture.png"}


def test_every_page_has_a_policy(fixture_site):
    assert gates.without_policy(fixture_site) == []


def test_an_inline_script_is_named_by_its_hash_and_data_is_not():
    html = with_policy(
        "<html><head></head><script>run()</script>"
        '<script type="application/json">{"a": 1}</script></html>'
    )
    assert html.count("sha256-") == 1
    assert "'unsafe-inline'" not in html.split("script-src")[1].split(";")[0]
