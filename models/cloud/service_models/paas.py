"""A small platform: it builds an application, tries it out, and only then shows it to visitors.

```
push -> build -> start processes -> health checks -> switch the route -> stop the old release
          |                              |                  |
          +------- refused: visitors never meet it          +- too many errors: roll back
```
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from models.cloud.service_models.layers import TITLE
from models.cloud.service_models.loading import STANDARD, load
from models.cloud.service_models.messages import Answer, Application, Request, call

RUNTIMES = ("3.11", "3.12")
HEALTH = Request(path="/health")
WATCHED, TOLERATED = 10, 2  # of a new release's first visits, errors before it is rolled back


class Rejected(ValueError):
    """An application that the platform does not put on the route, with the reason."""


@dataclass(frozen=True)
class App:
    """What a customer pushes.

    Attributes
    ----------
    start : callable
        Makes one process: a WSGI callable with a memory of its own.
    runtime : str
        Version of the language.
    """

    start: Callable[[], Application]
    runtime: str = "3.12"

    @classmethod
    def of(cls, source: str, runtime: str = "3.12") -> "App":
        """An application from its source."""
        major, minor = map(int, runtime.split("."))
        return cls(partial(load.__wrapped__, source, STANDARD, (major, minor)), runtime)


@dataclass
class Release:
    """One version of the application that was pushed or rolled back to."""

    number: int
    app: App
    processes: list[Application] = field(default_factory=list)
    visits: int = 0
    errors: int = 0
    given_up: bool = False


class Platform:
    """One customer's place on the platform.

    Parameters
    ----------
    processes : int
        Of each release; visits take turns.
    checks : int
        Health checks that each process has to pass; 0 puts a release on the route unseen.
    watch : bool
        Whether errors of the first visits roll a release back.
    """

    def __init__(self, processes: int = 2, checks: int = 2, watch: bool = True) -> None:
        if processes < 1:
            raise ValueError(f"processes: {processes} is too small; allowed: 1 or more")
        if checks < 0:
            raise ValueError(f"checks: {checks} is too small; allowed: 0 or more")
        self.processes, self.checks, self.watch = processes, checks, watch
        self.data: dict[str, Any] = {"title": TITLE, "entries": []}  # outlives every process
        self.releases: list[Release] = []
        self.served: list[Release] = []  # in the order in which they came on the route
        self.log: list[str] = []

    @property
    def route(self) -> Release | None:
        """The release that visitors meet."""
        return self.served[-1] if self.served else None

    def push(self, app: App) -> Release:
        """Build, try out, switch.

        Raises
        ------
        Rejected
            Naming the step and the reason; the route stays as it was.
        """
        release = Release(len(self.releases) + 1, app)
        self.releases.append(release)
        try:
            release.processes = self._build(app)
            self._check(release)
        except Rejected as error:
            self.log.append(f"release {release.number} rejected: {error}")
            raise
        self._switch(release)
        return release

    def rollback(self, number: int) -> Release:
        """Push what was release `number` again, as a new release.

        Raises
        ------
        ValueError
            For a number that there is not.
        """
        known = {release.number: release.app for release in self.releases}
        if number not in known:
            raise ValueError(f"release: {number} is unknown; allowed: 1 to {len(known)}")
        return self.push(known[number])

    def visit(self, request: Request | None = None) -> Answer:
        """What a visitor gets from the release on the route; 503 while there is none."""
        release = self.route
        if release is None:
            return Answer(503, b"nothing has been deployed")
        process = release.processes[release.visits % len(release.processes)]
        answer = self._ask(process, request or Request())
        release.visits += 1
        release.errors += answer.status >= 500
        if self.watch and release.visits <= WATCHED and release.errors > TOLERATED:
            self._give_up(release)
        return answer

    def _build(self, app: App) -> list[Application]:
        if app.runtime not in RUNTIMES:
            raise Rejected(f"build: Python {app.runtime}; allowed: {', '.join(RUNTIMES)}")
        try:
            return [app.start() for _ in range(self.processes)]
        # A customer's code may raise anything; to the platform all of it is a failed build.
        except Exception as error:
            raise Rejected(f"build: {type(error).__name__}: {error}") from None

    def _check(self, release: Release) -> None:
        for process in release.processes:
            for _ in range(self.checks):
                answer = self._ask(process, HEALTH)
                if answer.status != 200:
                    why = f"GET /health gives {answer.status} {answer.text}".rstrip()
                    raise Rejected(f"health check: {why}")

    def _ask(self, process: Application, request: Request) -> Answer:
        return call(process, request, {"guestbook.data": self.data})

    def _switch(self, release: Release) -> None:
        # One step: a visit meets the old release or the new one, never neither.
        self.served.append(release)
        self.log.append(f"release {release.number} serves")

    def _give_up(self, release: Release) -> None:
        """Go back to the last release on the route that has not been given up."""
        release.given_up = True
        self.log.append(f"release {release.number}: {release.errors} errors")
        good = [r for r in self.served if not r.given_up]
        if good:
            self._switch(good[-1])
