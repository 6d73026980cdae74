"""The files and batches endpoints of an OpenAI-compatible server: upload, create, look, download.

Goes by the chat client's own connection: no redirect, the environment's proxies, bounded answers. Repeats what a busy or absent
server refuses; what would cost money twice (creating a batch) is repeated only after the server was asked whether it has it.
"""

import json
import random
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import IO, Any, TypeVar
from urllib.parse import quote

from secondhalf.errors import UserError
from secondhalf.models.batch_api.lines import result_lines
from secondhalf.models.scheduling.event_loop import run_on_loop
from secondhalf.models.server.content_encoding import UnknownEncodingError, decoded_pieces, open_decoded
from secondhalf.models.server.http_connection import BrokenError, Response, TooLongError, UnreachableError
from secondhalf.models.server.response import error_message, retry_after

_BUSY = {408, 409, 425, 429, 500, 502, 503, 504, 529}
_TOKEN = "secondhalf"  # the name of our mark in a batch's metadata
_UPLOAD = 3600.0  # seconds for a file of requests, 200 MB at most
_LONGEST, _LONGEST_FILE = 16_000_000, 20_000_000_000  # bytes, decoded
_MOST_PAGES = 1000  # of 100 batches each
_ODD = 5  # answers in a row that are none
T = TypeVar("T")


class _StatusError(Exception):
    """The server answered that it did not do it."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


class BatchApi:
    """One server. `url` is what stands before /batches; `headers` hold the key. Raises UserError with the server's words.

    `longest_line`: the bytes that a line of results may have.
    """

    def __init__(
        self,
        url: str,
        headers: dict[str, str],
        *,
        pause: float = 1.0,
        patience: float = 900,
        timeout: float = 300,
        longest_line: int = 100_000_000,
    ) -> None:
        from secondhalf.models.server.http_client import Client

        self.url, self._pause, self._patience = url.rstrip("/"), pause, patience
        self._secret = "".join(headers.values()).removeprefix("Bearer ").strip()
        self._longest_line = longest_line
        self._client = Client(self.url, headers, timeout, _LONGEST)

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
        return self._with_retries(lambda: _id(self._json("POST", "/files", body, kind, _UPLOAD)))

    def create(self, file: str, endpoint: str, token: str) -> str:
        """Starts the batch of an uploaded file, marked with a token of ours; returns its id.

        When the answer is lost, or names no id, the server is asked for the token before it is asked again.
        """
        batch = {"input_file_id": file, "endpoint": endpoint, "completion_window": "24h", "metadata": {_TOKEN: token}}
        body = json.dumps(batch).encode()
        return self._with_retries(lambda: _id(self._json("POST", "/batches", body)), lambda: self.find(token))

    def find(self, token: str) -> str | None:
        """The id of the batch that carries a token, if the server has it. Raises UserError when its list has no end."""
        after, start, seen = "", time.monotonic(), set[str]()
        for _ in range(_MOST_PAGES):
            batches, more = self._with_retries(partial(self._page, after))
            for batch in batches:
                metadata = batch.get("metadata")
                if isinstance(metadata, dict) and metadata.get(_TOKEN) == token:
                    return _id(batch)
            last = _id(batches[-1]) if more and batches else ""
            if not last or last in seen:  # a server that knows no `after` shows the same page again: there is no more
                return None
            seen.add(last)
            after = f"&after={quote(last, safe='')}"
            if time.monotonic() - start > self._patience:
                break
        raise UserError(
            f"{self.url} lists its batches without end, so it cannot be told whether it has one: delete old batches there, "
            "or ask without the batch API (teach.batch: false)."
        )

    def status(self, batch: str) -> dict[str, Any]:
        """A batch as it stands; its "status" is a text."""
        return self._with_retries(lambda: _with_status(self._json("GET", f"/batches/{quote(batch, safe='')}")))

    def download(self, name: str) -> Iterator[dict[str, Any]]:
        """The lines of a file of results, those that are none left out. A download that breaks off starts again."""
        with tempfile.TemporaryFile() as file:
            path = f"/files/{quote(name, safe='')}/content"
            yield from result_lines(self._with_retries(lambda: self._fetch(path, file)), self._longest_line)

    def words(self, body: bytes) -> str:
        """What the server said of an error, on one line and without our key."""
        return error_message(body, self._secret)

    def _fetch(self, path: str, file: IO[bytes]) -> IO[bytes]:
        """Fills the file, and gives what its lines are read from.

        A line that is not read would be paid for again. So a compressed file is unpacked once before, to see whether it is whole.
        """
        from secondhalf.models.server.http_client import unreadable

        file.seek(0)
        file.truncate()  # what an attempt that broke off left behind
        response = _checked(run_on_loop(self._client.download(path, file, _LONGEST_FILE)))
        encoding = response.headers.get("Content-Encoding", "")
        file.seek(0)
        try:
            stream = open_decoded(file, encoding)
            if stream is not file:
                for _ in decoded_pieces(file, encoding, _LONGEST_FILE):
                    pass
                file.seek(0)
                stream = open_decoded(file, encoding)
        except UnknownEncodingError as error:
            raise UserError(unreadable(self.url, str(error))) from error
        return stream  # type: ignore[no-any-return]

    def _page(self, after: str) -> tuple[list[dict[str, Any]], bool]:
        """A page of the server's batches, and whether there are more."""
        page = self._json("GET", f"/batches?limit=100{after}")
        batches = page.get("data", [])
        if not isinstance(batches, list) or not all(isinstance(batch, dict) for batch in batches):
            raise ValueError("the list of batches is none")
        return batches, page.get("has_more") is True

    def _json(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        kind: str = "application/json",
        timeout: float | None = None,
    ) -> dict[str, Any]:
        response = _checked(run_on_loop(self._client.send(method, path, {"Content-Type": kind}, body, timeout)))
        try:
            answer = json.loads(response.body)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"no JSON: {self.words(response.body)}") from error
        if not isinstance(answer, dict):
            raise ValueError(f"no object: {self.words(response.body)}")
        return answer

    def _with_retries(self, action: Callable[[], T], recover: Callable[[], T | None] = lambda: None) -> T:
        """Does `action`, again where the server was busy or away, each time asking `recover` first whether it is done."""
        start, wait, odd = time.monotonic(), self._pause, 0
        while True:
            after: float | None = None
            try:
                return action()
            except _StatusError as error:
                status, after = error.response.status, retry_after(error.response.headers.get("retry-after"))
                reason = f"{self.url} answered {status}: {self.words(error.response.body)}"
                if status not in _BUSY:
                    raise UserError(f"The batch API refused: {reason}. What was submitted is kept.") from error
            except TooLongError as error:
                raise UserError(f"The batch API's answer is too long to be one ({self.url}).") from error
            except (UnreachableError, BrokenError, TimeoutError) as error:
                reason = f"{self.url} cannot be reached or understood ({str(error) or 'no answer in time'})"
            except ValueError as error:
                reason, odd = f"what {self.url} answers is no batch API's ({error})", odd + 1
            left = self._patience - (time.monotonic() - start)
            if left < (after or 0) or odd == _ODD:
                raise UserError(
                    f"The batch API does not answer: {reason}. What was submitted is kept: start again later."
                )
            time.sleep(max(random.uniform(0, wait), after or 0))
            wait = min(60.0, 2 * wait)
            done = recover()
            if done is not None:
                return done


def _checked(response: Response) -> Response:
    if not 200 <= response.status < 300:
        raise _StatusError(response)
    return response


def _id(answer: dict[str, Any]) -> str:
    name = answer.get("id")
    if not isinstance(name, str) or not 0 < len(name) <= 1000:
        raise ValueError("an answer without an id")
    return name


def _with_status(batch: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(batch.get("status"), str):
        raise ValueError("a batch without a status")
    return batch
