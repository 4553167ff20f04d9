"""How the cloud says no: every refusal has a class of its own, and changes nothing."""


class Refused(Exception):
    """The cloud did not do what a tenant asked for, and did not do half of it either."""


class Unreachable(Refused):
    """The client does not get through to the cloud's entrance."""


class Unknown(Refused):
    """No such tenant, size, image, zone or VM; others' VMs and images are unknown too.

    Telling a stranger that something exists but is not theirs would tell too much.
    """


class QuotaExceeded(Refused):
    """The tenant would have more than it is allowed."""


class NoCapacity(Refused):
    """No host, or no set of hosts, has room under the rules of the request."""


class WrongState(Refused):
    """The VM's lifecycle does not allow the step."""
