"""A batch API on 127.0.0.1 for tests: files, batches, results; it does what its script says."""

import gzip
import json
import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Line = dict[str, Any]


def answered(line: Line) -> Line:
    """The result of a request that is answered: its own text, upper-cased."""
    text = line["body"]["messages"][-1]["content"]
    body = {"choices": [{"message": {"content": text.upper()}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 5, "completion_tokens": 3}}  # fmt: skip
    return {"custom_id": line["custom_id"], "response": {"status_code": 200, "body": body}, "error": None}


def refused(line: Line, status: int = 400, message: str = "not this one") -> Line:
    """The result of a request that is refused."""
    body = {"error": {"message": message}}
    return {"custom_id": line["custom_id"], "response": {"status_code": status, "body": body}, "error": None}


class Server:
    """`finish(batch's lines, how many batches came before)` gives status, output lines and error lines of a batch.

    `looks`: how often a batch is in progress before it is over. `hold`: seconds that the answer to a new batch is held
    back after the batch was taken. `busy`: how many requests are first answered with 503. `cut`: how many downloads
    break off in the middle, compressed ones without a sign in the headers. `deny`: words with which every request is refused.
    `instead(method, path)`: the bytes of the answer in place of what would be answered, a status and bytes, or None.
    `elsewhere`: an address that every request is redirected to. `encoding`: of every download, "gzip" or one that is none.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.batches: dict[str, dict[str, Any]] = {}
        self.finish: Callable[[list[Line], int], tuple[str, list[Line], list[Line]]] = lambda lines, before: (
            "completed", [answered(line) for line in lines], []
        )  # fmt: skip
        self.looks, self.hold, self.busy, self.cut, self.keys = 1, 0.0, 0, 0, set[str]()
        self.url = self.deny = self.elsewhere = self.encoding = ""
        self.page = 100
        self.instead: Callable[[str, str], bytes | tuple[int, bytes] | None] = lambda method, path: None

    def lines(self, batch: str) -> list[Line]:
        text = self.files[self.batches[batch]["input_file_id"]].decode()
        return [json.loads(line) for line in text.splitlines()]

    def add(self, content: bytes) -> str:
        name = f"file-{len(self.files)}"
        self.files[name] = content
        return name

    def look(self, name: str) -> dict[str, Any]:
        batch = self.batches[name]
        batch["seen"] += 1
        if batch["status"] == "in_progress" and batch["seen"] > self.looks:
            index = list(self.batches).index(name)
            status, out, errors = self.finish(self.lines(name), index)
            batch["status"] = status
            for field, rows in (("output_file_id", out), ("error_file_id", errors)):
                if rows:
                    batch[field] = self.add("".join(json.dumps(row) + "\n" for row in rows).encode())
            if status == "failed":
                batch["errors"] = {"data": [{"code": "invalid", "message": "the file is wrong", "line": 1}]}
        return batch


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A running server, over TLS with a `context`."""
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def answer(self, content: Any, status: int = 200) -> None:
            body = content if isinstance(content, bytes) else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def away(self) -> bool:
            server.keys.add(self.headers.get("Authorization", ""))
            instead = server.instead(self.command, self.path)
            if instead is not None:
                self.answer(*reversed(instead)) if isinstance(instead, tuple) else self.answer(instead)
                return True
            if server.elsewhere:
                self.send_response(307)
                self.send_header("Location", server.elsewhere + self.path)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return True
            if server.deny:
                self.answer({"error": {"message": server.deny}}, 401)
                return True
            if server.busy:
                server.busy -= 1
                self.answer({"error": {"message": "busy"}}, 503)
                return True
            return False

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/v1/batches":
                request = json.loads(body)
                name = f"batch-{len(server.batches)}"
                server.batches[name] = {**request, "id": name, "status": "in_progress", "seen": 0}
                time.sleep(server.hold)
                if not self.away():
                    self.answer(server.batches[name])
            elif not self.away():
                edge = re.search(r"boundary=(\w+)", self.headers["Content-Type"])[1].encode()
                parts = body.split(b"--" + edge)
                assert b"\r\n\r\nbatch\r\n" in parts[1]
                self.answer({"id": server.add(parts[2].partition(b"\r\n\r\n")[2].removesuffix(b"\r\n"))})

        def do_GET(self) -> None:
            if self.away():
                return
            match = re.fullmatch(r"/v1/batches\?limit=100(?:&after=([\w-]+))?", self.path)
            if match:
                names = list(server.batches)
                start = names.index(match[1]) + 1 if match[1] else 0
                page = [server.batches[name] for name in names[start : start + server.page]]
                self.answer({"data": page, "has_more": start + server.page < len(names)})
            elif self.path.startswith("/v1/batches/"):
                self.answer(server.look(self.path.rpartition("/")[2]))
            elif self.path.endswith("/content"):
                content = server.files[self.path.split("/")[3]]
                if server.encoding:
                    packed = gzip.compress(content, mtime=0)
                    packed = packed[: len(packed) // 2] if server.cut else packed
                    server.cut -= bool(server.cut)
                    self.send_response(200)
                    self.send_header("Content-Encoding", server.encoding)
                    self.send_header("Content-Length", str(len(packed)))
                    self.end_headers()
                    self.wfile.write(packed)
                elif server.cut:
                    server.cut -= 1
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content[: len(content) // 2])
                    self.close_connection = True
                else:
                    self.answer(content)
            else:
                self.answer({"error": {"message": "no such thing"}}, 404)

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    listening.handle_error = lambda *_: None  # a client that had enough
    if context:
        listening.socket = context.wrap_socket(listening.socket, server_side=True)
    thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
    thread.start()
    server.url = f"http://127.0.0.1:{listening.server_port}/v1"
    try:
        yield server
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()
