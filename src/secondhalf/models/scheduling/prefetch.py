"""Replies for one shard after another, while the requests of the shards behind it are already on their way.

Without it, the servers would idle at the end of each shard for its slowest reply. The journal is the buffer: of what
arrives early only the id is remembered, and the refusals, which no journal keeps.
"""

from collections.abc import Callable, Iterable, Sequence

from secondhalf.models.request import RefusedError, Replies, Reply, Request


class Prefetcher:
    """Asks for all `requests` and hands the outcomes out shard by shard. `send` is send_requests with all but the requests given.

    `replies` is to be called for every request, in about the order they were given.
    """

    def __init__(self, requests: Iterable[Request], send: Callable[[Iterable[Request]], Replies]) -> None:
        self._send, self._stream = send, send(requests)
        self._early: dict[str, RefusedError | None] = {}

    def replies(self, requests: Sequence[Request]) -> dict[str, Reply | RefusedError]:
        """The outcome of each request, by id."""
        missing = {request.id for request in requests} - self._early.keys()
        outcomes: dict[str, Reply | RefusedError] = {}
        while missing:
            request_id, reply = next(self._stream)
            if request_id in missing:
                missing.discard(request_id)
                outcomes[request_id] = reply
            else:
                self._early[request_id] = reply if isinstance(reply, RefusedError) else None
        early = {request.id: self._early.pop(request.id) for request in requests if request.id not in outcomes}
        refused = {request_id: refusal for request_id, refusal in early.items() if refusal}
        # These are in the journal: asking again sends nothing.
        stored = [request for request in requests if request.id in early and request.id not in refused]
        return outcomes | refused | dict(self._send(stored))
