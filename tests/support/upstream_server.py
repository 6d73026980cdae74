"""A server of OpenAI's API on 127.0.0.1 that answers in pieces, or fails in the way that a test names."""

import asyncio
import json
import threading
from typing import Any

FAILURES = {  # kind: the status that a client of ours gets, and the code
    "dies": (502, "upstream_broke_off"),
    "ends early": (502, "upstream_broke_off"),
    "html": (502, "upstream_garbage"),
    "no json": (502, "upstream_garbage"),
    "no choices": (502, "upstream_garbage"),
    "no text": (502, "upstream_garbage"),
    "long line": (502, "upstream_garbage"),
    "error": (502, "upstream_failed"),
    "500": (502, "upstream_failed"),
    "302": (502, "upstream_failed"),
    "401": (502, "upstream_failed"),
    "429": (503, "overloaded"),
    "too long": (400, "context_length_exceeded"),
    "silent": (504, "upstream_silent"),
    "comments": (504, "upstream_silent"),  # without end, so that the connection is never silent
    "no http": (502, "upstream_broke_off"),
}


class UpstreamServer:
    """Listens in a thread of its own. `kind` is how it answers the next requests: "ok", "whole", or one of FAILURES."""

    def __init__(self, words: str = "It runs past the mill .") -> None:
        self.words, self.kind, self.port = words, "ok", 0
        self.bodies: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.left = 0
        self.pause = 0.0
        self.models = ["tiny"]
        self.pieces: list[str] | None = None
        """What it says in place of the words, piece by piece."""
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def start(self) -> None:
        """Listens, on the port that it had before."""
        self._loop, ready = asyncio.new_event_loop(), threading.Event()
        self._thread = threading.Thread(target=self._work, args=(ready,), daemon=True)
        self._thread.start()
        ready.wait()

    def stop(self) -> None:
        """Dies, with every connection."""
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    def __enter__(self) -> "UpstreamServer":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _work(self, ready: threading.Event) -> None:
        async def serve() -> None:
            self._end = asyncio.Event()
            server = await asyncio.start_server(self._client, "127.0.0.1", self.port)
            self.port = server.sockets[0].getsockname()[1]
            ready.set()
            await self._end.wait()
            server.close()

        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(serve())  # which ends the clients' tasks too

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                method, path, _ = head.split(b"\r\n")[0].decode().split(" ")
                self.paths.append(path)
                if method == "GET":
                    _send_json(writer, "200 OK", {"data": [{"id": name} for name in self.models]})
                    continue
                size = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
                self.bodies.append(json.loads(await reader.readexactly(int(size.split(b":")[1]))))
                await self._answer(writer, chat="chat" in path)
        except (asyncio.IncompleteReadError, ConnectionError):
            self.left += 1
        finally:
            writer.close()

    async def _answer(self, writer: asyncio.StreamWriter, *, chat: bool) -> None:
        kind = self.kind
        words = self.pieces or [word + " " for word in self.words.split()]
        usage = {"prompt_tokens": 7, "completion_tokens": len(words), "total_tokens": 7 + len(words)}
        if kind == "whole":
            text = "".join(words)
            choice = {"message": {"content": text}} if chat else {"text": text}
            _send_json(writer, "200 OK", {"choices": [{**choice, "finish_reason": "stop"}], "usage": usage})
        elif kind in {"500", "302", "401", "429"}:
            _send_json(writer, f"{kind} No", {"error": {"message": "secret words"}})
        elif kind == "too long":
            _send_json(writer, "400 Bad", {"error": {"message": "This model's maximum context length is 64 tokens."}})
        elif kind == "no http":
            writer.write(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")
            writer.close()
        elif kind == "html":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 12\r\n\r\n<html>hello<")
        elif kind == "silent":
            await asyncio.sleep(30)
        else:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n: hello\n\n")
            for number, word in enumerate(words):
                writer.write(_event({"choices": [{"delta": {"content": word}} if chat else {"text": word}]}))
                await writer.drain()
                await asyncio.sleep(self.pause)
                if number == 1 and kind != "ok":
                    await self._fail(writer, kind)
                    return
            writer.write(_event({"choices": [{"delta": {}, "finish_reason": "stop"}]}))
            writer.write(_event({"choices": [], "usage": usage}) + b"data: [DONE]\n\n")
            await writer.drain()
            writer.close()

    async def _fail(self, writer: asyncio.StreamWriter, kind: str) -> None:
        garbage = {
            "no json": b"data: {nothing\n\n", "no choices": b'data: {"choices": 3}\n\n',
            "no text": b'data: {"choices": [{"delta": {"content": [1]}}]}\n\n', "long line": b"data: " + b"x" * (1 << 21),
            "error": _event({"error": {"message": "secret words"}}),
        }.get(kind, b"")  # fmt: skip
        writer.write(garbage)
        for _ in range(600 if kind == "comments" else 0):
            writer.write(b": still here\n\n")
            await writer.drain()
            await asyncio.sleep(0.05)
        if kind == "dies":
            writer.transport.abort()
            return
        await writer.drain()
        writer.close()


def _event(body: object) -> bytes:
    return b"data: " + json.dumps(body).encode() + b"\n\n"


def _send_json(writer: asyncio.StreamWriter, status: str, body: object) -> None:
    raw = json.dumps(body).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(raw)}\r\n\r\n"
    writer.write(head.encode() + raw)
