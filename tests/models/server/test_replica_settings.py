"""What may stand under server.replicas, and what its command becomes."""

import pytest
from pydantic import ValidationError

from secondhalf.errors import UserError
from secondhalf.models.server.replica_settings import ReplicaSettings
from secondhalf.models.server.replicas import running_replicas
from secondhalf.models.server.settings import ServerSettings
from secondhalf.recipe import Recipe

COMMAND = "vllm serve 'my model' --host {host} --port {port}"


def test_places_are_filled_in_words_and_no_shell_sees_them() -> None:
    settings = ReplicaSettings(command=f"{COMMAND} --url=http://{{host}}:{{port}}; rm x")
    assert settings.words("10.0.0.1", 8123) == [
        "vllm", "serve", "my model", "--host", "10.0.0.1", "--port", "8123", "--url=http://10.0.0.1:8123;", "rm", "x",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("vllm serve NAME", "write the command with {port}"),
        ("", "write the command with {port}"),
        ("vllm serve 'NAME --port {port}", "close its quotes"),
        ("vllm serve {model} --port {port}", "{model} is no place: there are {host} and {port}"),
    ],
)
def test_a_command_that_cannot_be_run_is_refused(command: str, sentence: str) -> None:
    with pytest.raises(ValidationError) as error:
        ReplicaSettings(command=command)
    assert sentence in str(error.value)


def test_replicas_are_servers_too_and_decide_no_reply() -> None:
    settings = ServerSettings(replicas=ReplicaSettings(command=COMMAND, number=3))
    assert settings.served
    assert settings.count == 3
    assert settings.deciding("teach") == ServerSettings().deciding("teach")
    assert not ServerSettings().served


def test_they_want_a_cluster() -> None:
    teach = {"model": "m", "server": {"replicas": {"command": COMMAND}}}
    with pytest.raises(ValidationError, match=r"data\.taught\.teach\.server\.replicas: .* add engine: ray"):
        Recipe(data={"taught": {"teach": teach}})
    assert Recipe(data={"taught": {"teach": teach}}, engine="ray").data["taught"].teach.server.served
    with pytest.raises(UserError, match="set engine: ray"):
        running_replicas(ReplicaSettings(command=COMMAND))
