"""Keys of journals before version 5, under which two models could share a reply.

A server's model was known by its name and its extra fields with nothing between them, so `m` with {"a": 1} and a model
whose name is `m{"a": 1}` had one key. Today a name that holds a brace has its length in front, and its replies get the
key of today here, once. All other keys are what they were.
"""

import json
import re
import sqlite3
from typing import Any

from secondhalf.models.server.response import is_another
from secondhalf.models.server.settings import ServerSettings
from secondhalf.rows import digest

_FORMER = re.compile(r"server:(chat|completions):(.*)", re.DOTALL)


def renew_keys(db: sqlite3.Connection) -> None:
    """Gives the replies of models with a brace in their name the key of today; within the caller's transaction.

    A row whose key is not that of the request stored beside it stays as it is, and so does one whose new key is taken.
    `checksum` of a renewed row is left empty.
    """
    models = db.execute("SELECT DISTINCT model, answered_by FROM replies WHERE model LIKE 'server:%{%'").fetchall()
    for former, answered_by in models:
        identity = identity_today(former, answered_by)
        if identity == former:
            continue
        rows = db.execute(
            "SELECT key, messages, sampling FROM replies WHERE model = ? AND answered_by = ?", [former, answered_by]
        ).fetchall()
        for key, messages, sampling in rows:
            if digest(former, messages, sampling, size=64) == key:
                renewed = digest(identity, messages, sampling, size=64)
                renew = "UPDATE OR IGNORE replies SET key = ?, model = ?, checksum = '' WHERE key = ?"
                db.execute(renew, [renewed, identity, key])


def identity_today(former: str, answered_by: str) -> str:
    """What a model of a journal before version 5 is called today.

    Where `former` can be read as a name with extra fields and as a bare name, the name that the server gave itself
    (`answered_by`) decides; where it gave none, or another, it is the name with extra fields: nobody calls a model so.
    """
    match = _FORMER.fullmatch(former)
    if match is None:
        return former
    api, rest = match.groups()
    name, extra = _name_and_extra(rest)
    if extra and "{" in answered_by.removeprefix(name) and not is_another(rest, answered_by):
        name, extra = rest, {}
    return ServerSettings.model_validate({"api": api, "extra": extra}).identity(name)


def _name_and_extra(rest: str) -> tuple[str, dict[str, Any]]:
    """The name, and the fields behind it as they were written; at most one brace begins what ends with the last one."""
    for brace in re.finditer(r"\{", rest):
        try:
            extra = json.loads(rest[brace.start() :])
        except (ValueError, RecursionError):
            continue
        if extra and json.dumps(extra, sort_keys=True, ensure_ascii=False) == rest[brace.start() :]:
            return rest[: brace.start()], extra
    return rest, {}
