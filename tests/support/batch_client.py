"""Asks COUNT requests through the batch API at URL, with journal and table in FOLDER: a process to be killed."""

import json
import sys
from pathlib import Path

from secondhalf.models.batch_api.batches import Batches
from secondhalf.models.batch_api.client import BatchApi
from secondhalf.models.batch_api.table import BatchTable
from secondhalf.models.journal.journal import Journal
from secondhalf.models.request import Reply, Request, Sampling


def requests(count: int) -> list[Request]:
    return [Request(f"r{i}", (("user", f"text number {i}"),), Sampling()) for i in range(count)]


def body(request: Request) -> dict:
    return {"model": "m", "messages": [{"role": role, "content": text} for role, text in request.messages]}


def read(answer: bytes) -> Reply:
    reply = json.loads(answer)
    choice, usage = reply["choices"][0], reply["usage"]
    return Reply(
        choice["message"]["content"], choice["finish_reason"], usage["prompt_tokens"], usage["completion_tokens"]
    )


def client(url: str, folder: Path, **settings) -> tuple[Batches, Journal]:
    api = BatchApi(url, {"Authorization": "Bearer secret"}, pause=0.01, patience=5)
    table = BatchTable(folder / "batches.sqlite", url)
    return Batches("m", api, table, body, read, pause=0.01, **settings), Journal(folder / "journal.sqlite")


if __name__ == "__main__":
    batches, journal = client(sys.argv[1], Path(sys.argv[2]))
    dict(batches.send_requests(requests(int(sys.argv[3])), journal, "test"))
