"""Which backend answers for a model reference: the one place that chooses."""

from collections.abc import Callable

from secondhalf.errors import UserError
from secondhalf.models.engines.auto import load_fastest
from secondhalf.models.engines.dummy import Dummy
from secondhalf.models.engines.llama_cpp import LlamaCppTeacher
from secondhalf.models.engines.transformers_teacher import TransformersTeacher
from secondhalf.models.engines.vllm_teacher import VllmTeacher
from secondhalf.models.reference import resolve, split_engine
from secondhalf.models.request import Backend
from secondhalf.models.server.openai import Servers
from secondhalf.models.server.settings import ServerSettings
from secondhalf.models.weights.convert import student_folder


def teacher(reference: str, server: ServerSettings | None = None) -> tuple[str, Callable[[], Backend]]:
    """The model's identity, and a function that loads it. Loading waits until a reply is really needed.

    With a server that has addresses the reference is the name the server knows the model by.
    """
    if server and server.urls:
        return server.identity(reference), lambda: Servers(reference, server)
    if reference.partition(":")[0] == "dummy":
        return "dummy", lambda: Dummy(reference)
    named, place = split_engine(reference)
    model = resolve(place)
    if model.is_gguf and named in {"", "embedded"}:
        # One identity, whichever engine answers: a run that moves to another machine asks nothing twice.
        load = LlamaCppTeacher if named else load_fastest
        return model.identity, lambda: load(model.path, model.identity)
    if named == "embedded":
        raise UserError(
            f"{place}: the embedded engine reads GGUF files; write transformers:{place}, or name a .gguf file."
        )
    # An engine that the recipe names is part of what determines a reply.
    identity = f"{named or 'transformers'}:{model.identity}"
    backend = VllmTeacher if named == "vllm" else TransformersTeacher
    return identity, lambda: backend(student_folder(model.path, model.identity), identity)
