"""Who gets through to the cloud: from which network, and speaking what."""

from dataclasses import dataclass

from models.cloud.platform.refusals import Unreachable

ENTRANCES = {
    "internet": "Standard protocols, from any network",
    "site": "Its own program, in its own building",
}


@dataclass(frozen=True)
class Client:
    """What a person or a program holds in hand.

    Attributes
    ----------
    device : str
    network : {"internet", "site"}
        Where it is.
    speaks : {"https", "own"}
        The web's protocol, as every device does, or the provider's own program.
    """

    device: str
    network: str = "internet"
    speaks: str = "https"


SERVER = Client("server")
LAPTOP = Client("laptop")
PHONE = Client("phone")
TERMINAL = Client("terminal", "site", "own")  # stands beside the machines; also knows the web

CLIENTS = (SERVER, LAPTOP, PHONE, TERMINAL)


def admit(entrance: str, client: Client) -> None:
    """Let a client through.

    Raises
    ------
    Unreachable
        Naming the client and what is allowed.
    ValueError
        For an unknown entrance.
    """
    if entrance not in ENTRANCES:
        raise ValueError(f"entrance: {entrance!r} is unknown; allowed: {', '.join(ENTRANCES)}")
    if entrance == "site" and (client.network, client.speaks) != ("site", "own"):
        raise Unreachable(
            f"{client.device} on the {client.network}: not admitted; "
            "allowed: the provider's own program in its own building"
        )
