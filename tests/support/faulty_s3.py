"""A server with S3's interface (moto's) behind a door that does what networks and busy stores do."""

import http.client
import http.server
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Door:
    """What the door does with the next requests: a list of "503", "slow", "cut" (the connection, in the middle) and "pass"."""

    def __init__(self) -> None:
        self.next_puts: list[str] = []
        self.puts: list[str] = []
        self.url = ""


@contextmanager
def faulty_s3(bucket: str) -> Iterator[Door]:
    """Starts both on 127.0.0.1 and makes the bucket."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    door = Door()
    proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(door, host, port))
    proxy.daemon_threads = True
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    door.url = f"http://127.0.0.1:{proxy.server_address[1]}"
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
    boto3.client("s3", endpoint_url=f"http://{host}:{port}", **keys).create_bucket(Bucket=bucket)
    try:
        yield door
    finally:
        proxy.shutdown()
        proxy.server_close()
        server.stop()


def _handler(door: Door, host: str, port: int) -> type[http.server.BaseHTTPRequestHandler]:
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def forward(self) -> None:
            what = "pass"
            if self.command == "PUT":
                door.puts.append(self.path)
                what = door.next_puts.pop(0) if door.next_puts else "pass"
            length = int(self.headers.get("Content-Length") or 0)
            if what == "cut":
                self.rfile.read(length // 2)
                self.close_connection = True
                self.connection.close()
                return
            if self.headers.get("Expect") == "100-continue" and what != "503":
                self.send_response_only(100)
                self.end_headers()
            body = self.rfile.read(length)
            if what == "slow":
                time.sleep(1.5)
            if what == "503":
                answer = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
                return self.reply(503, [("Content-Type", "application/xml")], answer)
            upstream = http.client.HTTPConnection(host, port)
            headers = {name: value for name, value in self.headers.items() if name not in {"Expect", "Connection"}}
            upstream.request(self.command, self.path, body or None, headers)
            response = upstream.getresponse()
            content = response.read()
            hop = {"connection", "transfer-encoding", "content-length", "server", "date"}
            kept = [(name, value) for name, value in response.getheaders() if name.lower() not in hop]
            if self.command == "HEAD":
                kept.append(("Content-Length", response.headers.get("Content-Length", "0")))
            self.reply(response.status, kept, content)
            upstream.close()

        def reply(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            if self.command != "HEAD":
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = forward

        def log_message(self, *_: object) -> None:
            pass

    return Handler
