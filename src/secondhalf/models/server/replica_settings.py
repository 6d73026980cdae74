"""How replicas of a model's server are started on the cluster of `engine: ray`."""

import re
import shlex

from pydantic import Field, field_validator

from secondhalf.settings import Settings

_PLACE = re.compile(r"{(\w*)}")
_PLACES = ("host", "port")


class ReplicaSettings(Settings):
    """Servers that the run starts on the nodes of its cluster, waits for, and ends. None of it decides a reply."""

    command: str
    """What a node runs, without a shell: `vllm serve ORG/NAME --host {host} --port {port}`. {host} is the node's own address and
    {port} one that is free there; the program and the model have to be on every node. As you, with your rights."""

    number: int = Field(1, ge=1, le=1000)
    """How many. They are spread over the nodes, and each joins the pool of `urls`."""

    cores: float = Field(0, ge=0)
    """Cores of a node that a replica keeps from the parts of stages until the run ends. 0: it takes what they leave."""

    gpus: float = Field(0, ge=0)
    """GPUs of a node that a replica gets for itself."""

    path: str = Field("/v1", pattern=r"^/[\x21-\x7e]{0,200}$|^$")
    """What stands between a replica's port and /chat/completions."""

    ready_path: str = Field("/v1/models", pattern=r"^/[\x21-\x7e]{0,200}$")
    """The path that a replica answers with 200 as soon as it is ready."""

    start_minutes: float = Field(30, gt=0)
    """The longest that replicas may take until they are ready. Ours: a large model's weights over a network."""

    @field_validator("command")
    @classmethod
    def _has_its_places(cls, command: str) -> str:
        try:
            words = shlex.split(command)
        except ValueError as error:
            raise ValueError(f"it is no command line ({error}): close its quotes") from error
        named = _PLACE.findall(command)
        if not words or "port" not in named:
            raise ValueError(
                "write the command with {port} where the port goes, such as `vllm serve NAME --port {port}`"
            )
        if other := next((name for name in named if name not in _PLACES), None):
            raise ValueError(f"{{{other}}} is no place: there are {{host}} and {{port}}")
        return command

    def words(self, host: str, port: int) -> list[str]:
        """The command's words with their places filled."""
        places = {"host": host, "port": str(port)}
        return [_PLACE.sub(lambda place: places[place[1]], word) for word in shlex.split(self.command)]
