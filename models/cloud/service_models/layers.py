"""Nine layers, each carrying the request to the one above it.

```
data         entries and settings        ^  request        an answer comes back down
code         the application             |                 and each layer signs it
process      how many run                |
runtime      the language                |
image        the system's libraries      |
kernel       the operating system        |
hypervisor   the virtual machine         |
hardware     the server                  |
network      wires, ports                |
```

On its way up, a request collects what each layer offers to those above: memory, libraries, the
language's version. So a layer that is broken or replaced changes the answer by what it does.
"""

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from models import stored
from models.cloud.service_models.loading import STANDARD, Syntax, load
from models.cloud.service_models.messages import Answer, Application, Request, call

FLAWED, FIXED = 1, 2  # versions: every layer begins with a flaw that the next version mends
TITLE = "Guestbook"


@dataclass(frozen=True)
class Offered:
    """What the layers below offer to the next one."""

    memory: int = 0  # MiB
    libraries: frozenset[str] = frozenset()
    syntax: Syntax = (3, 12)
    application: Application | None = None


class Layer:
    """One layer; the classes below say what is particular to each.

    Parameters
    ----------
    above : Layer or None
        What it carries. It never knows what carries it, so nothing is reached downward.

    Attributes
    ----------
    version : int
    setting
        Of the one knob that the layer has.
    broken : bool
    packages : dict
        Layer to version of what lies in its files. Lying there is not yet running.
    """

    name = ""
    knob = ""
    choices: tuple[Any, Any]  # of the knob: as delivered, and the other
    failure = ""  # what is seen when it is broken; empty where the layers above will notice

    def __init__(self, above: "Layer | None" = None) -> None:
        self.above = above
        self.version = FLAWED
        self.setting = self.choices[0]
        self.broken = False
        self.packages: dict[str, int] = {}

    def carry(self, request: Request, offered: Offered = Offered()) -> Answer:
        """The answer to a request that comes from below, signed."""
        if request.exploits == self.name and self.version < FIXED:
            # Who runs a layer, rightly or not, holds everything that it carries.
            return Answer(200, f"taken: {', '.join(self.reach())}".encode())
        return self.serve(request, offered).through(self.stamp)

    def serve(self, request: Request, offered: Offered) -> Answer:
        """Hand the request up, unless the failure is total."""
        if self.above is None or (self.broken and self.failure):
            return Answer(0, self.failure.encode())
        return self.above.carry(request, self.offer(offered))

    def offer(self, offered: Offered) -> Offered:
        """What the layers above find; by default what was found."""
        return offered

    def allows(self, setting: Any) -> bool:
        """Whether the knob can be set so; by default, to anything of its choices' type."""
        return type(setting) is type(self.choices[0])

    @property
    def stamp(self) -> str:
        """How it signs an answer."""
        return f"{self.name} {self.version}, {self.knob} {self.setting}"

    def reach(self) -> list[str]:
        """This layer and all above it."""
        return [self.name, *(self.above.reach() if self.above else ())]


class Network(Layer):
    """Wires and the ports that are open."""

    name, knob, choices = "network", "ports", ("443", "443 8080")
    failure = "no answer: the cable is out"

    def serve(self, request: Request, offered: Offered) -> Answer:
        """Let a request in on an open port."""
        if str(request.port) not in self.setting.split():
            return Answer(0, b"no answer: the port is closed")
        return super().serve(request, offered)


class Hardware(Layer):
    """The server."""

    name, knob, choices = "hardware", "power saving", ("off", "on")
    failure = "no answer: the power is off"


class Hypervisor(Layer):
    """The virtual machine that it makes out of the server."""

    name, knob, choices = "hypervisor", "memory", (4096, 8192)
    failure = "no answer: the virtual machine has stopped"

    def offer(self, offered: Offered) -> Offered:
        """The virtual machine's memory."""
        return replace(offered, memory=self.setting)


class Kernel(Layer):
    """The operating system's kernel, with a memory limit for those who run on it."""

    name, knob, choices = "kernel", "limit", (512, 1024)
    failure = "no answer: the kernel has panicked"

    def offer(self, offered: Offered) -> Offered:
        """Memory up to the limit."""
        return replace(offered, memory=min(offered.memory, self.setting))


class Image(Layer):
    """The system's files: libraries, and packages of what may be started from them."""

    name, knob, choices = "image", "time zone", ("UTC", "Asia/Shanghai")

    def offer(self, offered: Offered) -> Offered:
        """Libraries; a broken image lacks one, and it is the code that will miss it."""
        return replace(offered, libraries=STANDARD - ({"html"} if self.broken else set()))


class Runtime(Layer):
    """The language, in one of its versions."""

    name, knob, choices = "runtime", "Python", ("3.12", "3.11")

    def allows(self, setting: Any) -> bool:
        """A version of Python 3: the loader knows no other language."""
        return super().allows(setting) and bool(re.fullmatch("3[.][0-9]{1,2}", setting))

    def offer(self, offered: Offered) -> Offered:
        """The version's syntax; a broken runtime is one too old for the code."""
        major, minor = (3, 7) if self.broken else map(int, self.setting.split("."))
        return replace(offered, syntax=(major, minor))


class Process(Layer):
    """How many processes run the code, each needing its memory."""

    name, knob, choices = "process", "count", (2, 4)
    NEEDS = 64  # MiB a process

    def serve(self, request: Request, offered: Offered) -> Answer:
        """Without a process there is nobody to hand the request to."""
        running = 0 if self.broken else min(self.setting, offered.memory // self.NEEDS)
        if running < 1:
            return Answer(503, b"no process runs")
        return super().serve(request, offered)


class Code(Layer):
    """The application: its source, loaded by the runtime with the image's libraries."""

    name, knob, choices = "code", "debug", ("off", "on")

    def __init__(self, above: Layer | None = None) -> None:
        super().__init__(above)
        self.source = source()

    def serve(self, request: Request, offered: Offered) -> Answer:
        """Load the source; broken, it has a misspelt name, which loading does not notice."""
        written = self.source.replace("escape(line)", "escap(line)") if self.broken else self.source
        try:
            application = load(written, offered.libraries, offered.syntax)
        except (ImportError, SyntaxError) as error:
            return Answer(503, f"the process does not start: {error}".encode())
        return super().serve(request, replace(offered, application=application))


class Data(Layer):
    """Entries and settings of one customer."""

    name, knob, choices = "data", "title", (TITLE, "Our guests")

    def __init__(self, above: Layer | None = None) -> None:
        super().__init__(above)
        self.entries = ["Hello"]

    def serve(self, request: Request, offered: Offered) -> Answer:
        """Here the application meets its data; a lost store is an empty one."""
        assert offered.application is not None
        content = {} if self.broken else {"title": self.setting, "entries": self.entries}
        return call(offered.application, request, {"guestbook.data": content})


KINDS: tuple[type[Layer], ...] = (
    Network, Hardware, Hypervisor, Kernel, Image, Runtime, Process, Code, Data,
)  # fmt: skip
NAMES = tuple(kind.name for kind in KINDS)


@cache
def source() -> str:
    """The application's source, the same on every stack."""
    return stored.text(__package__, "guestbook.py")


def stack() -> dict[str, Layer]:
    """Nine fresh layers by name, from the lowest; requests enter at the network."""
    layer: Layer | None = None
    built: list[Layer] = []
    for kind in reversed(KINDS):
        layer = kind(layer)
        built.append(layer)
    return {layer.name: layer for layer in reversed(built)}
