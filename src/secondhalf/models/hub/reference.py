"""`hf:` references: a repository of the hub, a revision of it, the commit that this was, and a file.

hf:ORG/NAME@REVISION            a model; the revision is a branch, a tag or a commit, `main` where there is none
hf:ORG/NAME@REVISION@COMMIT     the same, pinned: what a resolved recipe has
hf:ORG/NAME@REVISION:FILE       one file of it
hf:datasets/ORG/NAME@REVISION:FILE  one file of a data set
"""

import re
from dataclasses import dataclass, replace

from secondhalf.errors import UserError

_REFERENCE = re.compile(
    r"hf:(?P<data>datasets/)?(?!datasets/)(?P<repo>[\w.-]+/[\w.-]+)(@(?P<revision>[\w./-]+))?(@(?P<commit>[0-9a-f]{40}))?(:(?P<file>[\w./-]+))?"
)
_COMMIT = re.compile(r"[0-9a-f]{40}")
DEFAULT_REVISION = "main"


@dataclass(frozen=True)
class HubReference:
    """A parsed reference. `commit` and `file` are "" where there is none."""

    repo: str
    """ORG/NAME."""
    revision: str
    commit: str
    file: str
    is_data: bool

    @classmethod
    def parse(cls, text: str) -> "HubReference":
        """The reference that a text is. Raises UserError for a text that is none."""
        match = _REFERENCE.fullmatch(text)
        if not match or ".." in "/".join(filter(None, match.group("repo", "revision", "file"))).split("/"):
            raise UserError(f"{text} is no hub reference: write hf:ORG/NAME@REVISION, or hf:ORG/NAME@REVISION:FILE.")
        revision = match["revision"] or DEFAULT_REVISION
        commit = revision if _COMMIT.fullmatch(revision) else match["commit"] or ""
        return cls(match["repo"], revision, commit, match["file"] or "", bool(match["data"]))

    @property
    def exact(self) -> str:
        """The commit where it is pinned, else the revision: what the hub is asked for."""
        return self.commit or self.revision

    @property
    def kind(self) -> str:
        """The hub's type of the repository."""
        return "dataset" if self.is_data else "model"

    def pinned(self, commit: str) -> "HubReference":
        """The same at a commit."""
        return replace(self, commit=commit)

    def __str__(self) -> str:
        pin = f"@{self.commit}" if self.commit and self.commit != self.revision else ""
        file = f":{self.file}" if self.file else ""
        return f"hf:{'datasets/' if self.is_data else ''}{self.repo}@{self.revision}{pin}{file}"


def is_commit(text: str) -> bool:
    """Whether a text is the whole hash of a commit."""
    return _COMMIT.fullmatch(text) is not None


def repository(reference: str) -> str:
    """ORG/NAME of a reference that may begin with `hf:`, such as what a base model is called on its hub."""
    return reference.removeprefix("hf:").partition("@")[0].partition(":")[0]
