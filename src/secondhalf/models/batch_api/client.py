"""The files and batches endpoints of an OpenAI-compatible server: upload, create, look, download.

Follows no redirect, so the key goes to the named server alone. Repeats what a busy or absent server refuses; what would
cost money twice (creating a batch) is repeated only after the server was asked whether it has it.
"""

import http.client
import json
import random
import secrets
import shutil
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import IO, Any

from secondhalf.errors import UserError

_BUSY = {408, 409, 425, 429, 500, 502, 503, 504, 529}
_WORDS = 300
_TOKEN = "secondhalf"  # the name of our mark in a batch's metadata


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


class BatchApi:
    """One server. `url` is what stands before /batches; `headers` hold the key. Raises UserError with the server's words."""

    def __init__(
        self, url: str, headers: dict[str, str], *, pause: float = 1.0, patience: float = 900, timeout: float = 300
    ) -> None:
        self._url, self._headers, self._timeout = url.rstrip("/"), headers, timeout
        self._pause, self._patience = pause, patience
        self._opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler())

    def upload(self, name: str, lines: bytes) -> str:
        """Uploads a file of requests; returns its id. Uploading twice costs nothing."""
        edge = secrets.token_hex(16)
        head = (
            f'--{edge}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
            f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: application/jsonl\r\n\r\n"
        )
        body = head.encode() + lines + f"\r\n--{edge}--\r\n".encode()
        return str(self._json("POST", "/files", body, f"multipart/form-data; boundary={edge}")["id"])

    def create(self, file: str, endpoint: str, token: str) -> str:
        """Starts the batch of an uploaded file, marked with a token of ours; returns its id.

        When the answer is lost, the server is asked for the token before it is asked again.
        """
        asked = {"input_file_id": file, "endpoint": endpoint, "completion_window": "24h", "metadata": {_TOKEN: token}}
        body = json.dumps(asked).encode()
        return str(self._patient(lambda: self._once("POST", "/batches", body), lambda: self.find(token))["id"])

    def find(self, token: str) -> dict[str, Any] | None:
        """The batch that carries a token, if the server has it."""
        after = ""
        while True:
            page = self._json("GET", f"/batches?limit=100{after}")
            for batch in page.get("data", []):
                if (batch.get("metadata") or {}).get(_TOKEN) == token:
                    return dict(batch)
            if not page.get("has_more") or not page.get("data"):
                return None
            after = f"&after={page['data'][-1]['id']}"

    def look(self, batch: str) -> dict[str, Any]:
        """A batch as it stands."""
        return self._json("GET", f"/batches/{batch}")

    def download(self, file: str) -> Iterator[dict[str, Any]]:
        """The lines of a file of results, those that are no JSON left out. A download that breaks off starts again."""
        with tempfile.TemporaryFile() as held:
            self._patient(lambda: self._whole(f"/files/{file}/content", held))
            held.seek(0)
            for line in held:
                try:
                    row = json.loads(line)
                except ValueError:
                    continue
                if isinstance(row, dict):
                    yield row

    def _whole(self, path: str, held: IO[bytes]) -> bool:
        held.seek(0)
        held.truncate()
        with self._open("GET", path) as answer:
            shutil.copyfileobj(answer, held)
            length = answer.headers["Content-Length"]
        # A line that is not read would be taken for one without an answer, and paid for again.
        if length is not None and int(length) != held.tell():
            raise http.client.IncompleteRead(b"", int(length) - held.tell())
        return True

    def _json(
        self, method: str, path: str, body: bytes | None = None, kind: str = "application/json"
    ) -> dict[str, Any]:
        found: dict[str, Any] = self._patient(lambda: self._once(method, path, body, kind))
        return found

    def _once(self, method: str, path: str, body: bytes | None, kind: str = "application/json") -> dict[str, Any]:
        with self._open(method, path, body, kind) as answer:
            found = json.load(answer)
        if not isinstance(found, dict):
            raise ValueError("the answer is no object")
        return found

    def _open(self, method: str, path: str, body: bytes | None = None, kind: str = "application/json") -> Any:
        headers = {**self._headers, "Content-Type": kind}
        call = urllib.request.Request(self._url + path, body, headers, method=method)
        return self._opener.open(call, timeout=self._timeout)

    def _without_key(self, text: str) -> str:
        for value in self._headers.values():
            key = value.removeprefix("Bearer ").strip()
            text = text.replace(key, "[key]") if key else text
        return text

    def _patient(self, work: Any, instead: Any = lambda: None) -> Any:
        """Does `work`, again where the server was busy or away, each time asking `instead` first whether it is done."""
        start, wait = time.monotonic(), self._pause
        while True:
            try:
                return work()
            except urllib.error.HTTPError as error:
                said = f"{self._url} answered {error.code}: {self._without_key(words(error.read(16_000)))}"
                if error.code not in _BUSY:
                    raise UserError(f"The batch API refused: {said}. What was submitted is kept.") from error
            except (OSError, ValueError, http.client.HTTPException) as error:
                said = f"{self._url} cannot be reached or understood ({error})"
            if time.monotonic() - start > self._patience:
                raise UserError(
                    f"The batch API does not answer: {said}. What was submitted is kept: start again later."
                )
            time.sleep(random.uniform(0, wait))
            wait = min(60.0, 2 * wait)
            done = instead()
            if done is not None:
                return done


def words(body: bytes) -> str:
    """What the server said of an error: the message inside its JSON, else its beginning, on one line."""
    text = body.decode("utf-8", "replace")
    try:
        error = json.loads(text).get("error")
        text = str(error.get("message", error)) if isinstance(error, dict) else str(error or text)
    except (ValueError, AttributeError):
        pass
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_WORDS]
