"""The lines that go to a batch API and come back: JSON, one request or result each, with our key as its name."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import IO, Any

from secondhalf.errors import UserError
from secondhalf.models.request import RefusedError, Reply, Request, TroubleError

LINES, _BYTES = 50_000, 190 << 20  # the API's own limits are 50,000 requests and 200 MB a file
_NAME = re.compile(rb'"custom_id"\s*:\s*"([^"\\]{1,200})"')
TOO_LONG = "too_long"
"""The field of a line that stands for one longer than allowed."""


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


def result_lines(content: IO[bytes], longest: int) -> Iterator[dict[str, Any]]:
    """The objects in a file of results, line by line. Lines that are none are left out.

    Of a line of more than `longest` bytes nothing is read but whose it is: it has been paid for, and another would be.
    """
    while piece := content.readline(longest):
        if len(piece) == longest and not piece.endswith(b"\n"):
            names = _NAME.findall(piece[:1000])
            while rest := content.readline(longest):
                names += _NAME.findall(rest[-1000:]) if len(rest) < longest else []
                if rest.endswith(b"\n"):
                    break
            if names:
                yield {"custom_id": names[0].decode("utf-8", "replace"), TOO_LONG: True}
            continue
        try:
            row = json.loads(piece)
        except (ValueError, RecursionError):
            continue
        if isinstance(row, dict):
            yield row


def read_result(
    line: Mapping[str, Any],
    request: Request,
    read: Callable[[bytes, Request], Reply],
    failure: Callable[[int, bytes], Exception],
    words: Callable[[bytes], str],
    longest: int,
) -> Reply | RefusedError | TroubleError | UserError:
    """A line of results: a reply, a refusal, trouble of a line that may be asked again, or what every line would meet.

    `failure` tells which of these a status other than 200 stands for, `words` makes one line of an error's JSON, `longest` is the
    bytes that an answer may have.
    """
    response, error = line.get("response"), line.get("error")
    status = response.get("status_code") if isinstance(response, dict) else None
    body = _encoded(response.get("body")) if isinstance(response, dict) else b""
    if line.get(TOO_LONG) or len(body) > longest:
        return RefusedError(f"the answer is longer than {longest} bytes (server.max_reply_bytes)")
    try:
        if status == 200:
            return read(body, request)
        body = _encoded({"error": error}) if error else body
        if isinstance(status, int) and 100 <= status < 600:
            raise failure(status, body)
        return TroubleError(words(body))
    except (RefusedError, TroubleError, UserError) as outcome:
        return outcome
    except Exception as trouble:  # whatever the reader makes of a reply that is none
        return TroubleError(str(trouble))


def batch_error(batch: Mapping[str, Any], words: Callable[[bytes], str]) -> str:
    """Why a batch failed as a whole, in the server's words."""
    errors = batch.get("errors")
    listed = errors.get("data") if isinstance(errors, dict) else None
    first = listed[0] if isinstance(listed, list) and listed else "it gave no reason"
    return words(_encoded({"error": first}))


def _encoded(value: Any) -> bytes:
    """JSON in as few bytes as the server would need. JSON can spell half a surrogate pair, and be deeper than can be written."""
    try:
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    except RecursionError:
        return b""
