"""The small platform: visitors never meet what did not pass, and nothing is lost on the way."""

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.cloud.service_models.layers import source
from models.cloud.service_models.messages import Request
from models.cloud.service_models.paas import TOLERATED, WATCHED, App, Platform, Rejected
from models.cloud.service_models.pushes import CHANGES, Push, app, pushed

GOOD = App.of(source())


def one(text):
    """An application that answers everything with this text."""

    def start():
        def application(environ, start_response):
            start_response("200 OK", [])
            return [text.encode()]

        return application

    return App(start)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("syntax", r"build: SyntaxError"),
        ("runtime", r"build: Python 2\.7; allowed: 3\.11, 3\.12"),
        ("library", r"build: ModuleNotFoundError: No module named 'frontend'"),
        ("start", r"health check: GET /health gives 500 NameError"),
    ],
)
def test_a_rejected_release_leaves_the_route_alone(change, says):
    platform = Platform()
    first = platform.push(GOOD)
    with pytest.raises(Rejected, match=says):
        platform.push(app(change))
    assert platform.route is first
    assert platform.visit().status == 200
    assert len(platform.releases) == 2, "a rejected release keeps its number"


def test_before_anything_is_deployed_the_platform_says_so():
    platform = Platform()
    assert (platform.visit().status, platform.visit().text) == (503, "nothing has been deployed")
    with pytest.raises(Rejected):
        platform.push(app("start"))
    assert platform.visit().status == 503


def test_entries_outlive_every_release_and_process():
    platform = Platform(processes=3)
    platform.push(GOOD)
    for n in range(7):
        platform.visit(Request("POST", "/", f"entry=e{n}".encode()))
    platform.push(app("good"))
    assert platform.visit().text == "<br>".join(
        ["Welcome", "Guestbook", *(f"e{n}" for n in range(7))]
    )


def test_a_rollback_is_a_new_release_of_the_old_application():
    platform = Platform()
    platform.push(one("a"))
    platform.push(one("b"))
    back = platform.rollback(1)
    assert (back.number, platform.visit().text) == (3, "a")
    with pytest.raises(ValueError, match="release: 9 is unknown; allowed: 1 to 3"):
        platform.rollback(9)


def test_bad_numbers_are_named():
    with pytest.raises(ValueError, match="processes: 0 is too small; allowed: 1 or more"):
        Platform(processes=0)
    with pytest.raises(ValueError, match="checks: -1 is too small"):
        Platform(checks=-1)


def test_processes_take_turns_and_have_memories_of_their_own():
    def start():
        visits = []

        def application(environ, start_response):
            visits.append(environ["PATH_INFO"])
            start_response("200 OK", [])
            return [str(len([v for v in visits if v == "/"])).encode()]

        return application

    platform = Platform(processes=2)
    platform.push(App(start))
    assert [platform.visit().text for _ in range(4)] == ["1", "1", "2", "2"]


def test_errors_roll_back_to_the_last_release_that_was_not_given_up():
    platform = Platform(checks=0)
    platform.push(one("good"))
    for _ in range(2):  # two bad releases, one after the other; one is rejected in between
        platform.push(app("start"))
        statuses = [platform.visit().status for _ in range(TOLERATED + 2)]
        assert statuses == [500] * (TOLERATED + 1) + [200]
        with pytest.raises(Rejected):
            platform.push(app("syntax"))
    assert platform.visit().text == "good"


def test_two_bad_releases_at_once_are_both_given_up():
    platform = Platform(checks=0)
    platform.push(one("good"))
    platform.push(app("start"))
    for _ in range(TOLERATED):  # not yet enough to give it up
        platform.visit()
    platform.push(app("start"))
    for _ in range(2 * (TOLERATED + 1)):
        platform.visit()
    assert platform.visit().text == "good"
    assert platform.route is platform.releases[0]


def test_errors_of_later_visits_roll_nothing_back():
    """Only a new release is on trial: later errors may be the data's, or the visitors'."""
    platform = Platform(checks=0)
    platform.push(one("good"))
    platform.push(GOOD)
    for _ in range(WATCHED):
        assert platform.visit().status == 200
    platform.data.clear()
    assert [platform.visit().status for _ in range(9)] == [500] * 9


def test_every_process_has_to_pass_its_health_checks():
    started = []

    def start():
        started.append(len(started))
        healthy = len(started) == 1

        def application(environ, start_response):
            start_response("200 OK" if healthy else "503 Service Unavailable", [])
            return [b""]

        return application

    with pytest.raises(Rejected, match="health check: GET /health gives 503"):
        Platform(processes=2).push(App(start))
    assert started == [0, 1]


def test_with_nothing_to_go_back_to_the_release_stays():
    platform = Platform(checks=0)
    platform.push(app("start"))
    assert [platform.visit().status for _ in range(9)] == [500] * 9


@settings(max_examples=25)
@given(st.lists(st.sampled_from(["visit", "rollback", *CHANGES]), max_size=12), st.booleans())
def test_whoever_passed_health_checks_that_ask_for_the_page_never_shows_an_error(steps, watch):
    """Whatever is pushed, a visitor gets a page; the check must look at the page, though."""
    platform = Platform(watch=watch)
    platform.push(GOOD)
    for entries, step in enumerate(steps, start=1):
        if step == "rollback":
            platform.rollback(1)
        elif step in CHANGES and step != "page":
            with suppress(Rejected):
                platform.push(app(step))
        answer = platform.visit(Request("POST", "/", b"entry=x"))
        assert answer.status == 200
        assert answer.text.count("x") == entries, "no entry is lost or taken twice"
    assert [r.number for r in platform.releases] == list(range(1, len(platform.releases) + 1))


@pytest.mark.parametrize("change", CHANGES)
def test_a_push_seen_by_visitors(change):
    careful = pushed(Push(change=change, watch=True))
    careless = pushed(Push(change=change, checks=False))
    assert careful.errors == (TOLERATED + 1 if change == "page" else 0)
    assert careless.errors == (30 if change in ("start", "page") else 0)
    assert careful.taken == (change == "good")
    assert len(careful.statuses) == len(careful.served_by) == 40
    assert careful.facts()["Release that serves at the end"].value == careful.served_by[-1]


def test_without_a_guard_the_system_is_changed():
    assert pushed(Push(change="system")).rejection
    assert not pushed(replace(Push(change="system"), guarded=False)).rejection
