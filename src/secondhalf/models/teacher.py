"""Which backend answers for a model reference: the one place that chooses."""

from collections.abc import Callable

from secondhalf.models.convert import student_folder
from secondhalf.models.dummy import Dummy
from secondhalf.models.embedded import Embedded
from secondhalf.models.generate import Generate
from secondhalf.models.openai import Servers
from secondhalf.models.reference import resolve
from secondhalf.models.request import Backend
from secondhalf.models.server import ServerSettings
from secondhalf.models.vllm_offline import Offline


def teacher(reference: str, server: ServerSettings | None = None) -> tuple[str, Callable[[], Backend]]:
    """The model's identity, and a function that loads it. Loading waits until a reply is really needed.

    With a server that has addresses the reference is the name the server knows the model by.
    """
    if server and server.urls:
        return server.identity(reference), lambda: Servers(reference, server)
    if reference.partition(":")[0] == "dummy":
        return "dummy", lambda: Dummy(reference)
    kind, _, place = reference.partition(":")
    named = kind in {"transformers", "vllm"}
    model = resolve(place if named else reference)
    if model.is_gguf and not named:
        return model.identity, lambda: Embedded(model.path, model.identity)
    # Another engine computes another reply from the same weights, so it is part of what determines one.
    engine, identity = (
        (Offline if kind == "vllm" else Generate),
        f"{kind if named else 'transformers'}:{model.identity}",
    )
    return identity, lambda: engine(student_folder(model.path, model.identity), identity)
