"""The service models: what each leaves to its consumer, and the hands that hold the layers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from models.cloud.service_models.layers import FIXED, NAMES, Layer, stack
from models.cloud.service_models.messages import Answer, Request

#: Started from the files of the image; the rest comes from elsewhere, whatever the files say.
STARTED_FROM_IMAGE = {"kernel", "image", "runtime", "process"}


class Refused(PermissionError):
    """An operation on a layer that is not in these hands, with the reason."""


@dataclass(frozen=True)
class ServiceModel:
    """What is sold.

    Attributes
    ----------
    name, title : str
    brings : tuple of str
        Layers that the consumer brings, and therefore holds.
    doors : tuple of str
        Layers of the provider with one knob that it offers through its API.
    built_in : tuple of str
        Layers of the provider that are copied into the consumer's build, so that a new version
        reaches what runs at the next build.
    gives : str
        What the consumer hands over, in words.
    """

    name: str
    title: str
    brings: tuple[str, ...]
    gives: str
    doors: tuple[str, ...] = ()
    built_in: tuple[str, ...] = ()


# Doors of IaaS and PaaS as NIST SP 800-145 has them: "possibly limited control of select networking
# components" and "possibly configuration settings for the application-hosting environment".
MODELS = {
    model.name: model
    for model in (
        ServiceModel("own", "Own hardware", NAMES, "servers, racks and everything on them"),
        ServiceModel(
            "IaaS",
            "IaaS",
            ("kernel", "image", "runtime", "process", "code", "data"),
            "a disk image that boots its own kernel",
            doors=("network", "hypervisor"),
        ),
        ServiceModel(
            "CaaS",
            "CaaS (containers)",
            ("image", "runtime", "process", "code", "data"),
            "a container image",
            doors=("network", "kernel"),
        ),
        ServiceModel(
            "PaaS",
            "PaaS",
            ("process", "code", "data"),
            "source code, and how many processes shall run it",
            doors=("runtime",),
            built_in=("runtime",),
        ),
        ServiceModel(
            "FaaS",
            "FaaS (functions)",
            ("code", "data"),
            "a function, and the events that call it",
            doors=("runtime", "process"),
        ),
        ServiceModel("SaaS", "SaaS", ("data",), "an account's entries and settings"),
    )
}


class Hands:
    """Somebody's references to layers: what they do not hold they cannot touch.

    Parameters
    ----------
    held : mapping
        Layers by name.
    doors : mapping
        Layers of somebody else whose knob they may turn.
    why : str
        Who holds the others, for refusals.
    """

    def __init__(
        self,
        held: Mapping[str, Layer],
        doors: Mapping[str, Layer] | None = None,
        why: str = "",
        built_in: Iterable[str] = (),
    ) -> None:
        self._held, self._doors, self._why = dict(held), dict(doors or {}), why
        self._built_in = frozenset(built_in)
        self._for_builds: dict[str, int] = {}

    def replace(self, name: str, version: int = FIXED) -> None:
        """Put another version in the layer's place.

        Raises
        ------
        Refused
            Without the layer in these hands.
        """
        layer = self._layer(name)
        if name in self._built_in:
            self._for_builds[name] = version
        else:
            layer.version = version

    def set(self, name: str, value: Any = None) -> None:
        """Turn the layer's knob to `value`, or to its other choice.

        Raises
        ------
        Refused
            Without the layer in these hands or a door to it.
        ValueError
            For a value that the knob cannot be set to (`Layer.allows`).
        """
        layer = self._doors[name] if name in self._doors else self._layer(name)
        if value is not None and not layer.allows(value):
            such = " or ".join(map(repr, layer.choices))
            raise ValueError(
                f"{name}, {layer.knob}: {value!r} is no setting; allowed: such as {such}"
            )
        layer.setting = layer.choices[1] if value is None else value

    def install(self, name: str, version: int = FIXED) -> None:
        """Put a package for the layer into the image's files, and restart.

        What is started from the files, and is in these hands, comes up in the new version. A
        container's files may hold a kernel: nobody starts it.

        Raises
        ------
        Refused
            Without the image in these hands.
        """
        files = self._layer("image").packages
        files[name] = version
        for package in files.keys() & self._held.keys() & STARTED_FROM_IMAGE:
            self.replace(package, files[package])

    def build(self) -> None:
        """Put what waits for a build into the layers that run."""
        for name, version in self._for_builds.items():
            self._held[name].version = version

    def _layer(self, name: str) -> Layer:
        if name not in NAMES:
            raise ValueError(f"layer: {name!r} is unknown; allowed: {', '.join(NAMES)}")
        if name not in self._held:
            raise Refused(f"the {name} is not in these hands: {self._why}")
        return self._held[name]


class Deployment:
    """The application on one service model, with the consumer's and the provider's hands.

    Parameters
    ----------
    model : ServiceModel
    guarded : bool
        Whether the provider keeps its layers to itself. Off, everybody holds all nine.
    """

    def __init__(self, model: ServiceModel, guarded: bool = True) -> None:
        self.model = model
        self._layers = stack()
        theirs = set(model.brings) if guarded else set(NAMES)
        hers = set(NAMES) - theirs
        self.consumer = Hands(self._some(theirs), self._some(model.doors), "the provider holds it")
        self.provider = Hands(
            self._some(hers), why="the consumer holds it", built_in=model.built_in
        )

    def _some(self, names: Iterable[str]) -> dict[str, Layer]:
        return {name: layer for name, layer in self._layers.items() if name in set(names)}

    def request(self, request: Request | None = None) -> Answer:
        """What a visitor gets, who by default wants the page."""
        return self._layers[NAMES[0]].carry(request or Request())

    def push(self) -> None:
        """The consumer deploys again: what the provider has for builds gets in."""
        self.provider.build()

    def break_(self, name: str) -> None:
        """Let a layer fail, whoever holds it."""
        self._layers[name].broken = True

    def mend(self, name: str) -> None:
        """Put a failed layer into service again, or a new one for the first time."""
        self._layers[name].broken = False
