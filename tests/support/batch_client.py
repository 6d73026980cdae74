"""Asks COUNT requests through the batch API at URL, with journal and table in FOLDER: a process to be killed."""

import os
import sys
from pathlib import Path

from secondhalf.models.batch_api.batches import Batches
from secondhalf.models.batch_api.client import BatchApi
from secondhalf.models.batch_api.table import BatchTable
from secondhalf.models.journal.journal import Journal
from secondhalf.models.request import Request, Sampling
from secondhalf.models.server.openai import Servers
from secondhalf.models.server.settings import ServerSettings


def requests(count: int) -> list[Request]:
    return [Request(f"r{i}", (("user", f"text number {i}"),), Sampling()) for i in range(count)]


def body(request: Request) -> dict:
    return {"model": "m", "messages": [{"role": role, "content": text} for role, text in request.messages]}


def client(url: str, folder: Path, finish: dict | None = None, **settings) -> tuple[Batches, Journal]:
    os.environ["BATCH_TEST_KEY"] = "secret"
    server = Servers("m", ServerSettings(urls=[url], key_env="BATCH_TEST_KEY", finish=finish or {}))
    api = BatchApi(url, {"Authorization": "Bearer secret"}, pause=0.01, patience=5)
    table = BatchTable(folder / "batches.sqlite", url)
    batches = Batches("m", api, table, body, server.read, server.failure, pause=0.01, **settings)
    return batches, Journal(folder / "journal.sqlite")


if __name__ == "__main__":
    batches, journal = client(sys.argv[1], Path(sys.argv[2]))
    dict(batches.send_requests(requests(int(sys.argv[3])), journal, "test"))
