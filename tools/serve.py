"""Serve the built book on this machine, as an ordinary static host would: python -m tools.serve."""

from __future__ import annotations

import argparse
import gzip
import sys
from functools import lru_cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"
TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".wasm": "application/wasm",
    ".whl": "application/octet-stream",
    ".woff2": "font/woff2",
}
# What static hosts compress; wheels, zip files and fonts are compressed already.
COMPRESSED = {".html", ".css", ".js", ".mjs", ".json", ".svg", ".txt", ".wasm", ".py"}


@lru_cache(maxsize=64)
def compressed(path: str, changed: int) -> bytes:
    """The file's gzip form; `changed` is its modification time, so an old form is not reused."""
    return gzip.compress(Path(path).read_bytes(), 6, mtime=0)


class Handler(SimpleHTTPRequestHandler):
    """Static files with right types, gzip where the browser takes it, and no log."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | TYPES
    protocol_version = "HTTP/1.1"

    def send_head(self) -> BinaryIO | BytesIO | None:
        """Send the headers; the compressed body where that is wanted and worth it."""
        path = Path(self.translate_path(self.path))
        accepted = "gzip" in self.headers.get("Accept-Encoding", "")
        if not (accepted and path.is_file() and path.suffix in COMPRESSED):
            return super().send_head()
        changed = path.stat().st_mtime_ns
        tag = f'"{changed:x}"'
        if self.headers.get("If-None-Match") == tag:
            self.send_response(304)
            self.end_headers()
            return None
        body = compressed(str(path), changed)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", tag)
        self.end_headers()
        return BytesIO(body)

    def end_headers(self) -> None:
        """Cache what has its hash in its name for good, and ask again about the rest."""
        lasting = "/live-" in self.path
        age = "max-age=31536000, immutable" if lasting else "no-cache"
        self.send_header("Cache-Control", age)
        super().end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing: the reader watches the page, not the server."""


class Server(ThreadingHTTPServer):
    """A server that does not mind a browser that goes away in the middle of a file."""

    #: Connections that wait to be accepted. By default five; a page opens more on a busy machine,
    #: and the system lets the browser wait for those.
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Report what is wrong here, not that a reader left the page."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def server(site: Path, port: int = 0, handler: type[Handler] = Handler) -> Server:
    """A server of the folder on this machine alone; port 0 takes any free one."""
    return Server(("127.0.0.1", port), partial(handler, directory=str(site)))


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="default 8000; 0 takes any")
    parser.add_argument("--site", type=Path, default=SITE)
    options = parser.parse_args(arguments)
    if not (options.site / "index.html").is_file():
        print(f"serve: there is no book in {options.site}; run 'make book' first", file=sys.stderr)
        return 1
    try:
        web = server(options.site, options.port)
    except (OSError, OverflowError) as error:
        print(f"serve: port {options.port} cannot be used ({error}); try --port 0", file=sys.stderr)
        return 1
    print(f"The book is at http://127.0.0.1:{web.server_address[1]}/", flush=True)
    print("Stop with Ctrl+C.", flush=True)
    try:
        web.serve_forever()
    except KeyboardInterrupt:
        print()
    finally:
        web.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
