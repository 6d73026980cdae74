"""A lean OpenAI-compatible server for measuring clients: python local_server.py [--seconds S --width W] [--tokens N]
[--end TEXT].

Answers every POST with a canned reply of N tokens, at once, or after S seconds in one of W slots (first come, first
served), which is what a model server of fixed speed looks like from outside. Prints its port, and serves until killed.
"""

import argparse
import asyncio
import json
from collections import deque


class Slots:
    """W slots of S seconds each; who finds none free waits in line."""

    def __init__(self, seconds: float, concurrency: int) -> None:
        self.seconds, self.free = seconds, concurrency
        self.line: deque[asyncio.Transport] = deque()

    def submit(self, client: asyncio.Transport, answer: bytes) -> None:
        if not self.seconds:
            client.write(answer)
        elif self.free:
            self.free -= 1
            asyncio.get_running_loop().call_later(self.seconds, self.send, client, answer)
        else:
            self.line.append(client)

    def send(self, client: asyncio.Transport, answer: bytes) -> None:
        client.write(answer)
        if self.line:
            asyncio.get_running_loop().call_later(self.seconds, self.send, self.line.popleft(), answer)
        else:
            self.free += 1


class Client(asyncio.Protocol):
    """One connection: finds the end of each request and answers it."""

    def __init__(self, slots: Slots, answer: bytes) -> None:
        self.slots, self.answer, self.received = slots, answer, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        while (end := self.received.find(b"\r\n\r\n")) >= 0:
            head = self.received[:end].lower()
            at = head.find(b"content-length:")
            size = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self.received) < end + 4 + size:
                return
            self.received = self.received[end + 4 + size :]
            self.slots.submit(self.transport, self.answer)


def canned(tokens: int, end: str = "") -> bytes:
    """A whole HTTP answer with a reply of so many tokens, and its last words."""
    text = " ".join(["word"] * tokens) + end
    body = {
        "id": "one", "object": "chat.completion", "created": 1, "model": "gpt-4o-mini",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
        "usage": {"prompt_tokens": 60, "completion_tokens": tokens, "total_tokens": 60 + tokens},
    }  # fmt: skip
    raw = json.dumps(body).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(raw) + raw


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=0.0)
    parser.add_argument("--width", type=int, default=1)
    parser.add_argument("--tokens", type=int, default=60)
    parser.add_argument("--end", default="", help="the reply's last words")
    options = parser.parse_args()
    slots, answer = Slots(options.seconds, options.width), canned(options.tokens, options.end)
    server = await asyncio.get_running_loop().create_server(lambda: Client(slots, answer), "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
