"""The files that a glob matches. Python's own follows every link and walks a loop of two links for ever; here each folder is
looked at once, and links are passed over unless they are to be followed.
"""

import fnmatch
import glob
import os
import re
from collections.abc import Iterator


def fixed_part(pattern: str) -> str:
    """The part of a glob before its first wildcard, up to a slash."""
    parts = pattern.split("/")
    first = next((index for index, part in enumerate(parts) if glob.has_magic(part)), len(parts))
    return "/".join(parts[:first])


class FileGlob:
    """One glob: `*`, `?` and `[...]` within a name, `**` for any number of folders; hidden names only where it says a dot."""

    def __init__(self, pattern: str, follow_links: bool) -> None:
        self._pattern, self._follow_links = pattern, follow_links
        self.links: set[str] = set()
        """Links that would have matched, or led further, and were not followed."""
        self._seen: set[tuple[str, int]] = set()

    def files(self) -> set[str]:
        """The paths of the files that match, not of folders."""
        root = fixed_part(self._pattern)
        parts = [part for part in self._pattern[len(root) :].split("/") if part]
        if not parts or self._pattern.endswith("/"):  # no glob, or one of folders
            return set()
        return set(self._below(root or ("/" if self._pattern.startswith("/") else ""), parts))

    def _below(self, folder: str, parts: list[str]) -> Iterator[str]:
        state = os.path.realpath(folder), len(parts)
        if state in self._seen:
            return
        self._seen.add(state)
        deep = parts[0] == "**"
        if deep and len(parts) > 1:
            yield from self._below(folder, parts[1:])
        wanted = None if deep else re.compile(fnmatch.translate(parts[0]))
        hidden = parts[0].startswith(".")
        for name in _names(folder):
            path = os.path.join(folder, name)
            if (wanted and not wanted.match(name)) or (name.startswith(".") and not hidden):
                continue
            is_folder = os.path.isdir(path)
            # A folder leads on where names are left or any depth is meant; a file is wanted where no name is left.
            if not (deep or len(parts) > 1 if is_folder else len(parts) == 1):
                continue
            if os.path.islink(path) and not self._follow_links:
                self.links.add(path)
            elif is_folder:
                yield from self._below(path, parts if deep else parts[1:])
            else:
                yield path


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder or os.curdir)
    except OSError:
        return []
