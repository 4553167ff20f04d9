"""04-3: an application of the reader's on the small platform."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from models.cloud.service_models.messages import Application, Request, environ
from models.cloud.service_models.paas import App, Platform, Rejected
from models.grading.feedback import Feedback, Outcome, not_yet, passed
from models.grading.task import Attempt, Exercise, Planted
from models.grading.todo import TODO
from models.parameters import Parameters, choice

WORDS = {word: word for word in ("Guests", "Visitors", "Messages", "Signatures")}
LENGTHS = (1, 2, 4, 8, 16)  # visits of the fresh cases, so that the first to fail is the shortest


@dataclass(frozen=True)
class Given(Parameters):
    """What the page begins with."""

    word: str = choice("Guests", WORDS, label="First word of the page")


def draw(rng: np.random.Generator) -> Given:
    """Another word."""
    return Given(word=list(WORDS)[int(rng.integers(1, len(WORDS)))])


def prompt(given: Given) -> str:
    """The question."""
    return (
        "Write start(), which the platform calls once for each process and which returns a WSGI "
        "application. A POST adds its body, as text, to the entries. Every visit, GET or POST, is "
        f"answered with 200 and the word {given.word}, a space, and the number of entries: "
        f"'{given.word} 3'. So is the health check, GET /health.\n"
        "The platform runs two processes that take turns. What outlives them is in environ"
        '["guestbook.data"], a dictionary with a list under "entries". Your application is pushed '
        "to a fresh platform and visited at random."
    )


def mark(attempt: Attempt) -> Feedback:
    """Push it; then visits of growing number against a list kept beside the platform."""
    start = attempt.answers[0]
    if not callable(start):
        return not_yet("form", "Give one function: check(start).")
    if _untouched(start):
        return Feedback(Outcome.NOT_ATTEMPTED)
    for length in LENGTHS:
        platform = Platform(watch=False)
        try:
            platform.push(App(start))
        except Rejected as error:
            return not_yet("counterexample", f"The platform rejects it. {error}")
        if complaint := _visits(platform, attempt.rng, length, attempt.given.word):
            return not_yet("counterexample", complaint)
    return passed(f"Pushed {len(LENGTHS)} times and visited {sum(LENGTHS)} times.")


def _untouched(start: Any) -> bool:
    """Whether the stub's hole is still there; what else goes wrong, the platform will say."""
    try:
        application: Application = start()
        return application is TODO or application(environ(Request()), lambda *_: None) is TODO
    except Exception:  # a reader's code may raise anything
        return False


def _visits(platform: Platform, rng: np.random.Generator, length: int, word: str) -> str:
    """Visit at random; what is wrong with the first wrong answer, or nothing."""
    entries, history = 0, []
    for _ in range(length):
        post = bool(rng.integers(0, 2))
        entries += post
        history.append("POST" if post else "GET")
        request = Request("POST", "/", b"hello") if post else Request()
        answer, wanted = platform.visit(request), f"{word} {entries}"
        if (answer.status, answer.text) != (200, wanted):
            return (
                f"After {', '.join(history)}: {answer.status} {answer.text!r}, but 200 {wanted!r} "
                "was expected."
            )
    return ""


STUB = """\
task = exercise("04-3")

def start():
    def application(environ, start_response):
        return TODO
    return application

task.check(start)
"""

SOLUTION = """\
task = exercise("04-3")

def start():
    def application(environ, start_response):
        entries = environ["guestbook.data"]["entries"]
        if environ["REQUEST_METHOD"] == "POST":
            size = int(environ["CONTENT_LENGTH"])
            entries.append(environ["wsgi.input"].read(size).decode())
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [f"{task.given.word} {len(entries)}".encode()]
    return application

task.check(start)
"""

EXERCISE = Exercise(
    id="04-3",
    title="Your application on the platform",
    draw=draw,
    published=Given(),
    prompt=prompt,
    stub=STUB,
    solution=SOLUTION,
    mark=mark,
    planted=(
        Planted(
            "constant",
            STUB.replace(
                "return TODO", 'start_response("200 OK", [])\n        return [b"Guests 0"]'
            ),
            "was expected",
        ),
        Planted("off by one", SOLUTION.replace("{len(entries)}", "{len(entries) + 1}"), "After "),
        Planted("memoriser", SOLUTION.replace("{task.given.word}", "Guests"), "was expected"),
        Planted(
            "keeps its entries in the process",
            SOLUTION.replace("def start():", "def start():\n    entries = []").replace(
                'entries = environ["guestbook.data"]["entries"]', "pass"
            ),
            "was expected",
        ),
        Planted(
            "no answer to the health check",
            SOLUTION.replace(
                "        entries = environ",
                '        if environ["PATH_INFO"] != "/":\n'
                '            start_response("404 Not Found", [])\n'
                "            return []\n"
                "        entries = environ",
            ),
            "health check: GET /health gives 404",
        ),
    ),
)
