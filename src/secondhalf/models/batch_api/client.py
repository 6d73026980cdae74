"""The files and batches endpoints of an OpenAI-compatible server: upload, create, look, download.

Follows no redirect, so the key goes to the named server alone. Repeats what a busy or absent server refuses; what would
cost money twice (creating a batch) is repeated only after the server was asked whether it has it.
"""

import gzip
import json
import random
import secrets
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Any, TypeVar
from urllib.parse import quote

from secondhalf.errors import UserError
from secondhalf.models.scheduling.event_loop import run_on_loop
from secondhalf.models.server.http_connection import BrokenError, Response, TooLongError, UnreachableError

_BUSY = {408, 409, 425, 429, 500, 502, 503, 504, 529}
_WORDS = 300
_TOKEN = "secondhalf"  # the name of our mark in a batch's metadata
_UPLOAD = 3600.0  # seconds for a file of requests, 200 MB at most
_LONGEST, _LONGEST_LINE, _LONGEST_FILE = 100_000_000, 100_000_000, 20_000_000_000  # bytes, decoded
T = TypeVar("T")


class _StatusError(Exception):
    """The server answered that it did not do it."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


class BatchApi:
    """One server. `url` is what stands before /batches; `headers` hold the key. Raises UserError with the server's words."""

    def __init__(
        self, url: str, headers: dict[str, str], *, pause: float = 1.0, patience: float = 900, timeout: float = 300
    ) -> None:
        from secondhalf.models.server.http_client import Client

        self._url, self._headers = url.rstrip("/"), headers
        self._pause, self._patience = pause, patience
        self._client = Client(self._url, headers, timeout, _LONGEST)

    def upload(self, name: str, lines: bytes) -> str:
        """Uploads a file of requests; returns its id. Uploading twice costs nothing."""
        edge = secrets.token_hex(16)
        head = (
            f'--{edge}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/jsonl\r\n\r\n"
        )
        body = head.encode() + lines + f"\r\n--{edge}--\r\n".encode()
        kind = f"multipart/form-data; boundary={edge}"
        return str(self._with_retries(lambda: self._json("POST", "/files", body, kind, _UPLOAD))["id"])

    def create(self, file: str, endpoint: str, token: str) -> str:
        """Starts the batch of an uploaded file, marked with a token of ours; returns its id.

        When the answer is lost, the server is asked for the token before it is asked again.
        """
        batch = {"input_file_id": file, "endpoint": endpoint, "completion_window": "24h", "metadata": {_TOKEN: token}}
        body = json.dumps(batch).encode()
        return str(self._with_retries(lambda: self._json("POST", "/batches", body), lambda: self.find(token))["id"])

    def find(self, token: str) -> dict[str, Any] | None:
        """The batch that carries a token, if the server has it."""
        after = ""
        while True:
            page = self._read(f"/batches?limit=100{after}")
            for batch in page.get("data", []):
                if (batch.get("metadata") or {}).get(_TOKEN) == token:
                    return dict(batch)
            if not page.get("has_more") or not page.get("data"):
                return None
            after = f"&after={_quoted(page['data'][-1]['id'])}"

    def status(self, batch: str) -> dict[str, Any]:
        """A batch as it stands."""
        return self._read(f"/batches/{_quoted(batch)}")

    def download(self, name: str) -> Iterator[dict[str, Any]]:
        """The lines of a file of results, those that are no JSON left out. A download that breaks off starts again."""
        with tempfile.TemporaryFile() as file:
            content = self._with_retries(lambda: self._fetch(f"/files/{_quoted(name)}/content", file))
            # A line that never ends would fill the memory.
            for line in iter(lambda: content.readline(_LONGEST_LINE), b""):
                try:
                    row = json.loads(line)
                except ValueError:
                    continue
                if isinstance(row, dict):
                    yield row

    def _fetch(self, path: str, file: IO[bytes]) -> IO[bytes] | gzip.GzipFile:
        """Fills the file, and gives what its lines are read from.

        A line that is not read would be paid for again. So a compressed file is unpacked once before: aiohttp would take one
        that was cut for a whole one.
        """
        file.seek(0)
        file.truncate()  # what an attempt that broke off left behind
        response = _checked(run_on_loop(self._client.download(path, file, _LONGEST_FILE)))
        encoding = response.headers.get("Content-Encoding", "identity").lower()
        file.seek(0)
        if encoding == "identity":
            return file
        if encoding not in {"gzip", "x-gzip"}:
            encoding = api_error(encoding.encode())
            raise UserError(
                f"{self._url} sends its files in the encoding {encoding}: only plain ones and gzip are read."
            )
        content, length = gzip.GzipFile(fileobj=file), 0
        try:
            while piece := content.read(1_000_000):
                length += len(piece)
                if length > _LONGEST_FILE:
                    raise TooLongError
        except (EOFError, OSError, zlib.error) as error:
            raise BrokenError("a file is not whole, or not encoded as it says") from error
        content.seek(0)
        return content

    def _read(self, path: str) -> dict[str, Any]:
        return self._with_retries(lambda: self._json("GET", path))

    def _json(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        kind: str = "application/json",
        timeout: float | None = None,
    ) -> dict[str, Any]:
        response = _checked(run_on_loop(self._client.send(method, path, {"Content-Type": kind}, body, timeout)))
        answer = json.loads(response.body)
        if not isinstance(answer, dict):
            raise ValueError("the answer is no object")
        return answer

    def _without_key(self, text: str) -> str:
        for value in self._headers.values():
            key = value.removeprefix("Bearer ").strip()
            text = text.replace(key, "[key]") if key else text
        return text

    def _with_retries(self, action: Callable[[], T], recover: Callable[[], T | None] = lambda: None) -> T:
        """Does `action`, again where the server was busy or away, each time asking `recover` first whether it is done."""
        start, wait = time.monotonic(), self._pause
        while True:
            try:
                return action()
            except _StatusError as error:
                status, body = error.response.status, error.response.body
                reason = f"{self._url} answered {status}: {self._without_key(api_error(body[:16_000]))}"
                if status not in _BUSY:
                    raise UserError(f"The batch API refused: {reason}. What was submitted is kept.") from error
            except TooLongError as error:
                raise UserError(f"The batch API's answer is too long to be one ({self._url}).") from error
            except (UnreachableError, BrokenError, TimeoutError, ValueError) as error:
                reason = f"{self._url} cannot be reached or understood ({str(error) or 'no answer in time'})"
            if time.monotonic() - start > self._patience:
                raise UserError(
                    f"The batch API does not answer: {reason}. What was submitted is kept: start again later."
                )
            time.sleep(random.uniform(0, wait))
            wait = min(60.0, 2 * wait)
            done = recover()
            if done is not None:
                return done


def _checked(response: Response) -> Response:
    if not 200 <= response.status < 300:
        raise _StatusError(response)
    return response


def _quoted(name: object) -> str:
    """A name that the server gave, so that it can be nothing but a name in an address."""
    return quote(str(name), safe="")


def api_error(body: bytes) -> str:
    """What the server said of an error: the message inside its JSON, else its beginning, on one line."""
    text = body.decode("utf-8", "replace")
    try:
        error = json.loads(text).get("error")
        text = str(error.get("message", error)) if isinstance(error, dict) else str(error or text)
    except (ValueError, AttributeError):
        pass
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_WORDS]
