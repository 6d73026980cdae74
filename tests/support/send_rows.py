"""Sends many requests to a server: python send_rows.py JOURNAL URL ROWS OUT. For tests that kill it."""

import json
import sys
from pathlib import Path

from secondhalf.models.journal.journal import Journal
from secondhalf.models.request import Reply, Request, Sampling
from secondhalf.models.scheduling.dispatch import send_requests
from secondhalf.models.server.openai import Servers
from secondhalf.models.server.settings import ServerSettings

MAX_IN_FLIGHT = 8


def main(journal: str, url: str, rows: str, out: str) -> None:
    """Writes the texts by row once all are there."""
    servers = Servers("m", ServerSettings(urls=[url], max_in_flight=MAX_IN_FLIGHT, timeout=30))
    requests = (Request(f"r{i}", (("user", f"say {i}"),), Sampling()) for i in range(int(rows)))
    replies = dict(send_requests(requests, servers.identity, lambda: servers, Journal(Path(journal)), "test"))
    texts = {row: reply.text if isinstance(reply, Reply) else str(reply) for row, reply in sorted(replies.items())}
    Path(out).write_text(json.dumps(texts))


if __name__ == "__main__":
    main(*sys.argv[1:])
