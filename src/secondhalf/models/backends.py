"""Which backend answers for a model reference: the one place that chooses."""

from collections.abc import Callable

from secondhalf.errors import UserError
from secondhalf.models.engines.auto import load_fastest
from secondhalf.models.engines.dummy import Dummy
from secondhalf.models.engines.llama_cpp import LlamaCppTeacher
from secondhalf.models.engines.transformers_teacher import TransformersTeacher
from secondhalf.models.engines.vllm_teacher import VllmTeacher
from secondhalf.models.reference import check_placed, resolve, split_engine
from secondhalf.models.request import PLAIN, Backend
from secondhalf.models.server.openai import Servers
from secondhalf.models.server.settings import ServerSettings
from secondhalf.models.weights.convert import student_folder


def teacher(
    reference: str, server: ServerSettings | None = None, *, plain: bool = False
) -> tuple[str, Callable[[], Backend]]:
    """The model's identity, and a function that loads it. Loading waits until a reply is really needed.

    With a server that has addresses the reference is the name the server knows the model by. `plain`: a base model, which
    carries a text on as it stands, without a chat template.
    """
    if server and server.served:
        return server.identity(reference), lambda: Servers(reference, server)
    if reference.partition(":")[0] == "dummy":
        return f"{PLAIN if plain else ''}dummy", lambda: Dummy(reference)
    engine, location = split_engine(reference)
    check_placed(location)
    model = resolve(location)
    if model.is_gguf and engine in {"", "embedded"}:
        # One identity, whichever engine answers: a run that moves to another machine asks nothing twice.
        load = LlamaCppTeacher if engine else load_fastest
        gguf = f"{PLAIN if plain else ''}{model.identity}"
        return gguf, lambda: load(model.path, gguf, plain=plain)
    if engine == "embedded":
        raise UserError(
            f"{location}: the embedded engine reads GGUF files; write transformers:{location}, or name a .gguf file."
        )
    # An engine that the recipe names is part of what determines a reply.
    identity = f"{PLAIN if plain else ''}{engine or 'transformers'}:{model.identity}"
    backend = VllmTeacher if engine == "vllm" else TransformersTeacher
    return identity, lambda: backend(student_folder(model.path, model.identity), identity, plain=plain)
