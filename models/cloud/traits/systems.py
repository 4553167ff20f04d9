"""Systems that people call a cloud, or do not: how each is usually made, as far as we know.

The values are typical ones, declared by us; a particular cluster or hoster may be made otherwise.
What the table says is only how a system is made. Whether that makes it a cloud is the probes' word.
"""

from dataclasses import dataclass

from models.cloud.platform.clock import DAY, HOUR, MINUTE
from models.cloud.platform.design import Design


@dataclass(frozen=True)
class System:
    """One kind of system.

    Attributes
    ----------
    label : str
    design : Design
    why : str
        In a sentence, what of it is worth knowing.
    """

    label: str
    design: Design
    why: str


SYSTEMS = {
    "public": System(
        "Public cloud",
        Design(),
        "A program sells, over the web, out of one pool, and counts seconds.",
    ),
    "webmail": System(
        "Webmail",
        Design(),
        "Mailboxes instead of machines; the page shows how many gigabytes are used of how many.",
    ),
    "tickets": System(
        "Virtual machines by ticket",
        Design(desk="tickets", meter="none"),
        "A company's own pool of virtual machines, without a program in front of it.",
    ),
    "cluster": System(
        "Computing cluster",
        Design(entrance="site", lead=6 * HOUR),
        "Jobs are shared out and accounted to the second, but wait in a queue, and only those "
        "who sit at its login machine may submit them.",
    ),
    "rented": System(
        "Rented virtual machine",
        Design(lead=2 * MINUTE, term=30 * DAY, meter="none"),
        "Ordered on a web page in two minutes, and paid by the month.",
    ),
    "grid": System(
        "Volunteer grid",
        Design(desk="tickets", lead=1 * DAY),
        "Millions of machines; a project is admitted by people, and gets them when they are idle.",
    ),
    "rack": System(
        "Own rack",
        Design("tickets", "site", "silos", 42 * DAY, 1_500 * DAY, "none"),
        "Ordered in writing, delivered in six weeks, written off in four years.",
    ),
}
