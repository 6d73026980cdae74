"""What may be called what: names stand in folders, files, tables and addresses."""

import re

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""Of a data set, an arm, a limit of a policy."""
RUN_NAME = re.compile(r"[^\W_][\w.-]{0,63}")
"""Of a run or a search: letters and digits of every script, since a folder is called after it."""
# A file is called after a run, an arm of 64 and a seed, and file systems take 255 bytes.
_MOST_BYTES = 150
NO_RUN_NAME = "must be letters, digits, dots, dashes or underscores, 64 at most (Japanese: 50)"


def is_run_name(name: str) -> bool:
    """Whether a run may be called so."""
    return RUN_NAME.fullmatch(name) is not None and len(name.encode()) <= _MOST_BYTES
