"""Which backend answers for a model reference: the one place that chooses."""

from collections.abc import Callable

from secondhalf.errors import UserError
from secondhalf.models.convert import student_folder
from secondhalf.models.dummy import Dummy
from secondhalf.models.embedded import Embedded
from secondhalf.models.fastest import fastest
from secondhalf.models.generate import Generate
from secondhalf.models.openai import Servers
from secondhalf.models.reference import engine, resolve
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
    named, place = engine(reference)
    model = resolve(place)
    if model.is_gguf and named in {"", "embedded"}:
        # One identity, whichever engine answers: a run that moves to another machine asks nothing twice.
        load = Embedded if named else fastest
        return model.identity, lambda: load(model.path, model.identity)
    if named == "embedded":
        raise UserError(
            f"{place}: the embedded engine reads GGUF files; write transformers:{place}, or name a .gguf file."
        )
    # An engine that the recipe names is part of what determines a reply.
    identity = f"{named or 'transformers'}:{model.identity}"
    backend = Offline if named == "vllm" else Generate
    return identity, lambda: backend(student_folder(model.path, model.identity), identity)
