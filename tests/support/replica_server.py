"""A server of OpenAI's API that a replica may be: python replica_server.py HOST PORT FOLDER [SECONDS [SERVERS]].

With SERVERS it answers 40 prompts and waits until so many servers were started in FOLDER. It answers each prompt with its own words the other way round after SECONDS, and writes into FOLDER its process id (`PID.up`) and,
a line each, the prompts that it answered (`PID.calls`). `/v1/models` answers 503 for the first half second.
"""

import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Handler(BaseHTTPRequestHandler):
    """Answers; `folder`, `seconds` and `since` are set below."""

    folder, seconds, since, servers, answered = Path(), 0.0, 0.0, 0, 0
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        ready = self.path == "/v1/models" and time.monotonic() - self.since > 0.5
        self._send(200 if ready else 503, {"object": "list", "data": [{"id": "m"}]})

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        prompt = request["messages"][-1]["content"]
        time.sleep(self.seconds)
        Handler.answered += 1
        while Handler.answered > 40 and len(list(self.folder.glob("*.up"))) < self.servers:
            time.sleep(0.1)
        words = " ".join(reversed(prompt.split()[-30:])) + "."
        choice = {"index": 0, "message": {"role": "assistant", "content": words}, "finish_reason": "stop"}
        with (self.folder / f"{os.getpid()}.calls").open("a", encoding="utf-8") as file:
            file.write(json.dumps(prompt) + "\n")
        usage = {
            "prompt_tokens": len(prompt.split()),
            "completion_tokens": 30,
            "total_tokens": len(prompt.split()) + 30,
        }
        self._send(200, {"object": "chat.completion", "model": request["model"], "choices": [choice], "usage": usage})

    def _send(self, status: int, body: object) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    Handler.folder, Handler.since = Path(sys.argv[3]), time.monotonic()
    Handler.seconds = float(sys.argv[4]) if len(sys.argv) > 4 else 0.0
    Handler.servers = int(sys.argv[5]) if len(sys.argv) > 5 else 0
    (Handler.folder / f"{os.getpid()}.up").touch()
    server = ThreadingHTTPServer((sys.argv[1], int(sys.argv[2])), Handler)
    server.daemon_threads = True
    server.serve_forever()
