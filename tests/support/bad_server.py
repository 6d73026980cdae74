"""A local server that misbehaves by script: python-side `BadServer(script)`, or `python bad_server.py PORT SHARE SEED`.

`script(prompt, nth)` names what the nth call (from 0) with this prompt gets: "ok", one of FAULTS, or (status, JSON body). Every
call is noted.
"""

import asyncio
import gzip
import json
import random
import socket
import ssl
import sys
import threading
import zlib
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pyarrow as pa

Script = Callable[[str, int], "str | tuple[int, object]"]
REPEATED = ("429", "429-after", "429-date", "500", "502", "503", "reset", "hang", "drip", "truncated", "empty",
            "schema", "html", "redirect", "length", "nonsense", "no-gzip", "error", "choice error", "error body")  # fmt: skip
FINAL = ("400", "huge", "bomb")
FAULTS = (*REPEATED, *FINAL, "401", "402", "403", "404", "422", "quota", "model", "dated", "surrogate", "filtered",
          "thinking", "leaks", "gzip", "deflate", "br", "unsaid", "stream", "compress")  # fmt: skip
BOMB = gzip.compress(b" " * 1_000_000, mtime=0) * 50


class BadServer:
    """Listens on 127.0.0.1 in a thread of its own, over TLS with a `context`. `calls` is (prompt, what it got), `heard` the
    raw requests."""

    def __init__(self, script: Script = lambda prompt, nth: "ok", context: ssl.SSLContext | None = None) -> None:
        self.script, self.context, self.calls, self.heard = script, context, [], []
        self.port, self.busy, self.widest, self.opened = 0, 0, 0, 0
        self.seconds = 0.0
        self.models: list[str] | None = None
        """The names under /v1/models; None: there is no such address."""
        self._counts: Counter[str] = Counter()
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def start(self) -> None:
        """Listens, on the port it had before."""
        self._loop, ready = asyncio.new_event_loop(), threading.Event()
        self._thread = threading.Thread(target=self._work, args=(ready,), daemon=True)
        self._thread.start()
        ready.wait()

    def stop(self) -> None:
        """Dies: the port is closed, every connection is reset."""
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    def __enter__(self) -> "BadServer":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _work(self, ready: threading.Event) -> None:
        async def serve() -> None:
            self._end, self._open = asyncio.Event(), set()
            server = await asyncio.start_server(
                self._client, "127.0.0.1", self.port, reuse_address=True, ssl=self.context
            )
            self.port = server.sockets[0].getsockname()[1]
            ready.set()
            await self._end.wait()
            server.close()
            for writer in self._open:
                _reset(writer)

        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(serve())

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        self.opened += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                if head.startswith(b"GET "):
                    self.heard.append(head)
                    await _list_models(self.models, writer)
                    continue
                size = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
                body = await reader.readexactly(int(size.split(b":")[1]))
                self.heard.append(head + body)
                request = json.loads(body)
                prompt = request["prompt"] if "prompt" in request else request["messages"][-1]["content"]
                nth = self._counts[prompt]
                self._counts[prompt] += 1
                kind = self.script(prompt, nth)
                self.calls.append((prompt, kind))
                self.busy += 1
                self.widest = max(self.widest, self.busy)
                try:
                    await asyncio.sleep(self.seconds)
                    await _answer(kind, prompt, request, writer)
                finally:
                    self.busy -= 1
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()


async def _list_models(models: list[str] | None, writer: asyncio.StreamWriter) -> None:
    """As OpenAI lists them; 404 where the server knows no such address."""
    body = json.dumps({"object": "list", "data": [{"id": name} for name in models or []]}).encode()
    status = "404 No" if models is None else "200 OK"
    writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
    await writer.drain()


def _good(prompt: str, request: dict) -> dict:
    text = f"reply to {prompt}"
    choice = {"text": text} if "prompt" in request else {"message": {"role": "assistant", "content": text}}
    return {
        "model": request["model"], "choices": [{"index": 0, **choice, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": len(prompt.split()), "completion_tokens": len(text.split())},
    }  # fmt: skip


async def _answer(  # noqa: PLR0912, PLR0915, one arm a fault
    kind: str | tuple[int, object], prompt: str, request: dict, writer: asyncio.StreamWriter
) -> None:
    good = _good(prompt, request)
    body, status, more = json.dumps(good).encode(), "200 OK", ""
    if isinstance(kind, tuple):
        status, body = f"{kind[0]} Said", json.dumps(kind[1]).encode()
    match kind:
        case "429" | "500" | "502" | "503" | "400" | "401" | "402" | "403" | "404" | "422":
            status, body = f"{kind} Bad", json.dumps({"error": {"message": f"no: {kind} \x1b[31m"}}).encode()
        case "429-after":
            status, more, body = "429 Slow", "Retry-After: 0.3\r\n", b'{"detail": "slow down"}'
        case "429-date":
            at = datetime.now(UTC) + timedelta(seconds=1)
            status, more, body = "429 Slow", f"Retry-After: {format_datetime(at, usegmt=True)}\r\n", b""
        case "429-day":
            status, more, body = "429 Slow", "Retry-After: 86400\r\n", b"tomorrow"
        case "quota":
            status, body = "429 Broke", b'{"error": {"message": "no money", "code": "insufficient_quota"}}'
        case "leaks":
            status, body = "400 Bad", b"your key was see the header"
        case "reset":
            return _reset(writer)
        case "hang":
            await asyncio.sleep(3600)
        case "drip":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
            for byte in body:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0.05)
        case "truncated":
            body = body[: len(body) // 2]
        case "length":  # fewer bytes than announced, then the end
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + body)
            await writer.drain()
            raise ConnectionError
        case "nonsense":  # no HTTP at all
            writer.write(b"\x00\xff SSH-2.0 hello\r\n\r\n")
            await writer.drain()
            raise ConnectionError
        case "empty":
            body = json.dumps({**good, "choices": [], "usage": None}).encode()
        case "schema":
            body = b'{"choices": [{"message": {"content": {"not": "text"}}}], "usage": [1]}'
        case "html":
            body = b"<html><body><h1>Welcome to the gateway</h1></body></html>"
        case "redirect":
            status, more = "307 Elsewhere", f"Location: http://localhost:{_port(writer)}/stolen\r\n"
        case "huge":
            body = b'{"choices": [{"message": {"content": "' + b"x" * 10_000_000 + b'"}}]}'
        case "gzip":
            body, more = gzip.compress(body, mtime=0), "Content-Encoding: gzip\r\n"
        case "deflate":
            body, more = zlib.compress(body), "Content-Encoding: deflate\r\n"
        case "br":
            body, more = pa.compress(body, "brotli", asbytes=True), "Content-Encoding: br\r\n"
        case "unsaid":
            body = gzip.compress(body, mtime=0)
        case "compress":
            more = "Content-Encoding: compress\r\n"
        case "stream":
            choice = good["choices"][0]
            choice["delta"] = choice.pop("message")
            body = f": wait\r\n\r\ndata: {json.dumps(good)}\r\n\r\ndata: [DONE]\r\n\r\n".encode()
        case "no-gzip":
            more = "Content-Encoding: gzip\r\n"
        case "bomb":
            body, more = BOMB, "Content-Encoding: gzip\r\n"
        case "model":
            body = json.dumps({**good, "model": "quite-another"}).encode()
        case "dated":
            body = json.dumps({**good, "model": f"{request['model']}-2024-07-18"}).encode()
        case "error" | "choice error":
            good["choices"][0] |= (
                {"finish_reason": "error"} if kind == "error" else {"error": {"code": 502, "message": "gone"}}
            )
            body = json.dumps(good).encode()
        case "error body":
            body = b'{"error": {"code": 503, "message": "no provider"}, "user_id": "u"}'
        case "surrogate":
            good["choices"][0]["message"]["content"] = "half \ud800 a pair"
            body = json.dumps(good).encode()
        case "filtered":
            good["choices"][0] |= {"finish_reason": "content_filter", "message": {"content": None}}
            body = json.dumps(good).encode()
        case "thinking":
            good["choices"][0]["message"]["reasoning_content"] = "let me think"
            body = json.dumps(good).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    writer.write(head.encode() + body)
    await writer.drain()
    return None


def _port(writer: asyncio.StreamWriter) -> int:
    return int(writer.get_extra_info("sockname")[1])


def _reset(writer: asyncio.StreamWriter) -> None:
    """Closes with a TCP reset, as a crashed process does."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    writer.transport.abort()


def random_faults(share: float, seed: int, final: float = 0.03) -> Script:
    """A fault with this probability at each call, drawn from the prompt and the number of the call.

    A `final` share of the prompts has a fault at every call: those rows end as rejects.
    """

    quick = [fault for fault in REPEATED if fault != "429-date"]  # a date has whole seconds

    def script(prompt: str, nth: int) -> str:
        always = random.Random(f"{seed} {prompt}")
        if always.random() < final:
            return always.choice([*FINAL, "500", "truncated", "empty", "schema", "html", "redirect"])
        rng = random.Random(f"{seed} {prompt} {nth}")
        return rng.choice(quick) if rng.random() < share else "ok"

    return script


def main() -> None:
    """Serves until killed; a line on standard output for every call: its kind and its prompt."""
    share, seed = float(sys.argv[2]), int(sys.argv[3])
    inner = random_faults(share, seed)

    def script(prompt: str, nth: int) -> str:
        kind = inner(prompt, nth)
        print(kind, prompt, flush=True)
        return kind

    server = BadServer.__new__(BadServer)
    server.port = int(sys.argv[1])
    BadServer.__init__(server, script)


if __name__ == "__main__":
    main()
