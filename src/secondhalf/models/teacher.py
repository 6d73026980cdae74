"""Which backend answers for a model reference: the one place that chooses."""

from collections.abc import Callable

from secondhalf.errors import UserError
from secondhalf.models.dummy import Dummy
from secondhalf.models.embedded import Embedded
from secondhalf.models.openai import Servers
from secondhalf.models.reference import resolve
from secondhalf.models.request import Backend
from secondhalf.models.server import ServerSettings


def teacher(reference: str, server: ServerSettings | None = None) -> tuple[str, Callable[[], Backend]]:
    """The model's identity, and a function that loads it. Loading waits until a reply is really needed.

    With a server that has addresses the reference is the name the server knows the model by.
    """
    if server and server.urls:
        return server.identity(reference), lambda: Servers(reference, server)
    if reference.partition(":")[0] == "dummy":
        return "dummy", lambda: Dummy(reference)
    model = resolve(reference)
    if model.is_gguf:
        return model.identity, lambda: Embedded(model.path, model.identity)
    raise UserError(
        f"{reference} is no GGUF file: give a GGUF teacher, name servers in teach.server.urls, or `dummy` to try the flow."
    )
