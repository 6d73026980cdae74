"""The lines that go to a batch API and come back: JSON, one request or result each, with our key as its name."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from secondhalf.models.batch_api.client import api_error
from secondhalf.models.request import RefusedError, Reply, Request

LINES, _BYTES = 50_000, 190 << 20  # the API's own limits are 50,000 requests and 200 MB a file
_AGAIN = {408, 409, 425, 429}  # like 5xx: the line may be asked again


def split_files(
    line: Callable[[str, Request], Mapping[str, Any]], requests: Sequence[tuple[str, Request]], most_lines: int
) -> Iterator[tuple[list[str], bytes]]:
    """The requests as files within the API's limits, each with the keys in it. `line` makes one of key and request."""
    keys: list[str] = []
    content = bytearray()
    for key, request in requests:
        row = json.dumps(line(key, request)).encode() + b"\n"
        if keys and (len(keys) >= most_lines or len(content) + len(row) > _BYTES):
            yield keys, bytes(content)
            keys, content = [], bytearray()
        keys.append(key)
        content += row
    if keys:
        yield keys, bytes(content)


def read_result(line: Mapping[str, Any], read: Callable[[bytes], Reply]) -> Reply | RefusedError | str:
    """A line of results: a reply, a refusal for good, or the words of a line that may be asked again."""
    response, error = line.get("response"), line.get("error")
    status = response.get("status_code") if isinstance(response, dict) else None
    body = json.dumps(response.get("body")).encode() if isinstance(response, dict) else b""
    if status == 200:
        try:
            return read(body)
        except RefusedError as refusal:
            return refusal
        except Exception as trouble:  # whatever the reader makes of a reply that is none
            return str(trouble)
    reason = api_error(json.dumps({"error": error}).encode()) if error else api_error(body)
    if not isinstance(status, int) or status >= 500 or status in _AGAIN:
        return reason
    return RefusedError(f"the server answered {status}: {reason}")


def batch_error(batch: Mapping[str, Any]) -> str:
    """Why a batch failed as a whole, in the server's words."""
    errors = batch.get("errors")
    listed = errors.get("data") if isinstance(errors, dict) else None
    first = listed[0] if isinstance(listed, list) and listed else "it gave no reason"
    return api_error(json.dumps({"error": first}).encode())
