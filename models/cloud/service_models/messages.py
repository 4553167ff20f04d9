"""Requests and answers as the layers pass them on, and the same as WSGI sees them."""

import io
import sys
from collections.abc import Callable, Iterable, MutableMapping
from dataclasses import dataclass, replace
from typing import Any

Application = Callable[[MutableMapping[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True)
class Request:
    """One request.

    Attributes
    ----------
    method, path : str
    body : bytes
    port : int
    exploits : str
        Name of the layer whose flaw it tries to use; empty for an honest request.
    """

    method: str = "GET"
    path: str = "/"
    body: bytes = b""
    port: int = 443
    exploits: str = ""


@dataclass(frozen=True)
class Answer:
    """What comes back.

    Attributes
    ----------
    status : int
        0 when nothing comes back at all.
    body : bytes
    via : tuple of str
        One line a layer, from the lowest: what served it, as HTTP's `Via` names proxies.
    """

    status: int
    body: bytes = b""
    via: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode("utf8", "replace")

    def through(self, stamp: str) -> "Answer":
        """The same answer, having passed one layer more; where nothing comes back, nobody signs."""
        return self if not self.status else replace(self, via=(stamp, *self.via))


def call(application: Application, request: Request, extra: MutableMapping[str, Any]) -> Answer:
    """Let a WSGI application answer a request; what it raises becomes a 500.

    Parameters
    ----------
    application : callable
    request : Request
    extra : mapping
        What the server adds to the environment.
    """
    started: list[str] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        started[:] = [status]
        return lambda data: None

    try:
        body = _collected(application(environ(request) | dict(extra), start_response))
        if not started:
            return Answer(500, b"the application never called start_response")
        return Answer(int(started[0].split(" ")[0]), body)
    # An application may raise anything; a server's answer to all of it is 500.
    except Exception as error:
        return Answer(500, f"{type(error).__name__}: {error}".encode())


def _collected(chunks: Iterable[bytes]) -> bytes:
    """The whole body; PEP 3333 wants `close` called where there is one."""
    try:
        return b"".join(chunks)
    finally:
        if hasattr(chunks, "close"):
            chunks.close()


def environ(request: Request) -> dict[str, Any]:
    """The WSGI environment of a request (PEP 3333)."""
    return {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": request.path,
        "QUERY_STRING": "",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(request.body)),
        "SERVER_NAME": "guestbook.example",
        "SERVER_PORT": str(request.port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
