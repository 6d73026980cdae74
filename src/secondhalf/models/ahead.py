"""Replies for one shard after another, while the requests of the shards behind it are already on their way.

Without it, the servers would idle at the end of each shard for its slowest reply. The journal is the buffer: of what
arrives early only the id is remembered, and the refusals, which no journal keeps.
"""

from collections.abc import Iterator, Sequence

from secondhalf.models.journal import Journal
from secondhalf.models.request import RefusedError, Reply, Request


class Ahead:
    """Reads a stream of ask_all shard by shard. `replies` is to be called for every request of the stream, in its order."""

    def __init__(self, stream: Iterator[tuple[str, Reply | RefusedError]], identity: str, journal: Journal) -> None:
        self._stream, self._identity, self._journal = stream, identity, journal
        self._early: dict[str, RefusedError | None] = {}

    def replies(self, requests: Sequence[Request]) -> dict[str, Reply | RefusedError]:
        """The outcome of each request, by id."""
        missing = {request.id for request in requests} - self._early.keys()
        found: dict[str, Reply | RefusedError] = {}
        while missing:
            row, reply = next(self._stream)
            if row in missing:
                missing.discard(row)
                found[row] = reply
            else:
                self._early[row] = reply if isinstance(reply, RefusedError) else None
        early = {request.id: request.key(self._identity) for request in requests if request.id not in found}
        stored = self._journal.find(list(set(early.values())))
        for row, key in early.items():
            found[row] = self._early.pop(row) or stored[key]
        return found
