"""One push to the small platform while visitors come and go."""

from dataclasses import dataclass

from models.cloud.service_models.layers import source
from models.cloud.service_models.offers import MODELS, Deployment, Refused
from models.cloud.service_models.paas import App, Platform, Rejected
from models.facts import Fact, Facts
from models.parameters import Parameters, choice, flag

VISITS = 40
PUSHED_AT = 10  # visits before the push

CHANGES = {
    "good": "A new greeting",
    "syntax": "A missing bracket",
    "runtime": "Python 2.7",
    "library": "A library that is not there",
    "start": "A page that raises an error",
    "page": "An error, and a health check that says all is well",
    "system": "A kernel of your own",
}


@dataclass(frozen=True)
class Push(Parameters):
    """What is pushed, and how careful the platform is."""

    change: str = choice("start", CHANGES, label="You push")
    checks: bool = flag(True, label="Health checks before the switch")
    watch: bool = flag(False, label="Roll back after errors")
    guarded: bool = flag(True, label="The platform keeps its layers to itself")


@dataclass(frozen=True)
class Pushed:
    """What visitors got.

    Attributes
    ----------
    parameters : Push
    statuses, served_by : tuple of int
        HTTP status and release number of each visit, in order.
    log : tuple of str
    rejection : str
        Empty if the platform took what was pushed.
    """

    parameters: Push
    statuses: tuple[int, ...]
    served_by: tuple[int, ...]
    log: tuple[str, ...]
    rejection: str

    @property
    def errors(self) -> int:
        """Visits that got an error."""
        return sum(status >= 500 for status in self.statuses)

    @property
    def taken(self) -> bool:
        """Whether the last visitors got what was pushed, without an error."""
        return not self.rejection and self.served_by[-1] == 2 and self.statuses[-1] == 200

    def facts(self) -> Facts:
        """Named numbers and words."""
        return Facts(
            Fact("The platform says", self.rejection or self.log[-1]),
            Fact("Visitors who got an error", f"{self.errors} of {VISITS}"),
            Fact("Release that serves at the end", self.served_by[-1]),
            title=f"You push: {CHANGES[self.parameters.change]}",
        )


def pushed(push: Push) -> Pushed:
    """Forty visits; after ten of them the push."""
    platform = Platform(checks=2 if push.checks else 0, watch=push.watch)
    platform.push(App.of(source()))
    statuses, served_by, rejection = [], [], ""
    for visit in range(VISITS):
        if visit == PUSHED_AT:
            rejection = _attempt(platform, push)
        served_by.append(platform.route.number if platform.route else 0)
        statuses.append(platform.visit().status)
    return Pushed(push, tuple(statuses), tuple(served_by), tuple(platform.log), rejection)


def _attempt(platform: Platform, push: Push) -> str:
    """Push, and return why not."""
    try:
        if push.change == "system":
            Deployment(MODELS["PaaS"], push.guarded).consumer.replace("kernel")
        platform.push(app(push.change))
    except (Rejected, Refused) as error:
        return str(error)
    return ""


#: Answers /health by itself, whatever has become of the page.
ALL_IS_WELL = """

page = application


def application(environ, start_response):
    if environ["PATH_INFO"] != "/health":
        return page(environ, start_response)
    start_response("200 OK", [])
    return [b"all is well"]
"""


def app(change: str) -> App:
    """The guestbook with one change; its health check, unless changed, is its page."""
    good = source()
    misspelt = good.replace("escape(line)", "escap(line)")
    sources = {
        "good": good.replace('[data["title"],', '["Welcome", data["title"],'),
        "syntax": good.replace("return [body]", "return [body"),
        "library": good.replace("from html import", "from frontend import"),
        "start": misspelt,
        "page": misspelt + ALL_IS_WELL,
    }
    return App.of(sources.get(change, good), "2.7" if change == "runtime" else "3.12")
