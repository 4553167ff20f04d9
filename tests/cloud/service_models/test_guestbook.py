"""The application is a real WSGI application, the same everywhere."""

import hashlib
import io
import threading
import urllib.request
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.validate import validator

import pytest

from models.cloud.service_models.guestbook import application
from models.cloud.service_models.layers import source
from models.cloud.service_models.loading import STANDARD, load
from models.cloud.service_models.messages import Request, call, environ
from models.cloud.service_models.offers import MODELS, Deployment

DATA = {"title": "Guestbook", "entries": ["Hello"]}


def test_the_standard_library_validates_its_calls():
    """PEP 3333 by an independent reading of it."""
    answer = call(validator(application), Request(), {"guestbook.data": dict(DATA)})
    assert (answer.status, answer.text) == (200, "Guestbook<br>Hello")


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


def test_a_real_server_serves_it_over_http():
    with make_server("127.0.0.1", 0, application, handler_class=Quiet) as server:
        data = {"title": "Guestbook", "entries": []}
        server.base_environ["guestbook.data"] = data
        thread = threading.Thread(target=lambda: [server.handle_request() for _ in range(2)])
        thread.start()
        address = f"http://127.0.0.1:{server.server_port}/"
        urllib.request.urlopen(address, data=b"entry=%3Cb%3Ehi", timeout=10).close()
        with urllib.request.urlopen(address, timeout=10) as reply:
            page = reply.read().decode()
        thread.join(10)
    # The layers give the same page for the same requests.
    deployment = Deployment(MODELS["own"])
    deployment.request(Request("POST", "/", b"entry=%3Cb%3Ehi"))
    assert page == "Guestbook<br>&lt;b&gt;hi"
    assert deployment.request().text == "Guestbook<br>Hello<br>&lt;b&gt;hi"


@pytest.mark.parametrize("model", MODELS)
def test_the_same_bytes_answer_on_every_model(model):
    deployment = Deployment(MODELS[model])
    assert deployment.request().text == "Guestbook<br>Hello"
    assert deployment.request(Request("POST", "/", b"entry=Bye")).status == 200
    assert deployment.request().text == "Guestbook<br>Hello<br>Bye"
    assert len(deployment.request().via) == 9


def test_the_source_is_not_changed_by_any_model():
    sources = {Deployment(model)._layers["code"].source for model in MODELS.values()}
    (only,) = sources
    assert only == source()
    from models.cloud.service_models import guestbook

    with open(guestbook.__file__, "rb") as file:
        assert hashlib.sha256(only.encode()).digest() == hashlib.sha256(file.read()).digest()


def test_loading_keeps_to_the_libraries_and_the_language():
    loaded = load(source(), STANDARD, (3, 12))
    assert call(loaded, Request(), {"guestbook.data": dict(DATA)}).status == 200
    with pytest.raises(ModuleNotFoundError, match="No module named 'html'"):
        load(source(), STANDARD - {"html"}, (3, 12))
    with pytest.raises(SyntaxError, match=r"3\.8 and greater"):
        load(source(), STANDARD, (3, 7))
    with pytest.raises(ImportError, match="no callable named application"):
        load("application = 3", STANDARD, (3, 12))


def test_what_an_application_does_wrong_is_a_500():
    def silent(environ, start_response):
        return [b"hello"]

    def raises(environ, start_response):
        raise KeyError("title")

    assert call(silent, Request(), {}).text == "the application never called start_response"
    assert (call(raises, Request(), {}).status, call(raises, Request(), {}).text) == (
        500,
        "KeyError: 'title'",
    )


def test_what_wants_to_be_closed_is_closed():
    class Body:
        closed = False

        def __iter__(self):
            return iter([b"hello"])

        def close(self):
            Body.closed = True

    def application(environ, start_response):
        start_response("200 OK", [])
        return Body()

    assert call(application, Request(), {}).text == "hello"
    assert Body.closed


def test_the_environment_has_the_body():
    made = environ(Request("POST", "/sign", b"entry=x", port=8080))
    assert made["wsgi.input"].read(int(made["CONTENT_LENGTH"])) == b"entry=x"
    assert isinstance(made["wsgi.input"], io.BytesIO)
    assert (made["SERVER_PORT"], made["PATH_INFO"]) == ("8080", "/sign")
