"""Connections whose clients say nothing, under uvicorn and h11: they are let go."""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

_EVERY = 15.0  # seconds: who sends no whole request head for one to two of these is let go


class SilentConnectionsEnd(H11Protocol):
    """uvicorn itself waits for a first request for ever: silent clients would take every file that the process may open."""

    every = _EVERY

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.loop.call_later(self.every, self._look, self)

    def _look(self, seen: object) -> None:
        """`seen`: the request that was answered when it was looked last, or None before any."""
        idle = self.cycle is None or self.cycle.response_complete
        if self.transport.is_closing():
            self.loop.call_later(self.every, self.transport.abort)  # where nobody reads what was sent last
        elif idle and seen is self.cycle:
            self.transport.close()
            self.loop.call_later(self.every, self.transport.abort)
        else:
            self.loop.call_later(self.every, self._look, self.cycle if idle else self)
