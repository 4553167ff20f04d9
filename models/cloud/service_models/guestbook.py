"""A guestbook: the application that is served everywhere without changing a character.

A WSGI callable (PEP 3333). It keeps nothing itself: entries and title lie in the data layer, which
the server hands over in the environment, as twelve-factor applications get their database.
"""

from collections.abc import Callable
from html import escape
from urllib.parse import parse_qs


def application(environ: dict, start_response: Callable) -> list[bytes]:
    """Show the entries, or take a new one."""
    data = environ["guestbook.data"]
    if environ["REQUEST_METHOD"] == "POST":
        size = int(environ.get("CONTENT_LENGTH") or 0)
        if entry := parse_qs(environ["wsgi.input"].read(size).decode()).get("entry"):
            data["entries"].append(entry[0])
    page = "<br>".join(escape(line) for line in [data["title"], *data["entries"]])
    body = page.encode()
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))]
    start_response("200 OK", headers)
    return [body]
