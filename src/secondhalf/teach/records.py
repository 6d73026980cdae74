"""What the journal has of a data set's replies already, without loading, calling or fetching a model."""

from collections.abc import Sequence
from pathlib import Path

from secondhalf.models.backends import teacher
from secondhalf.models.journal.open import open_journal
from secondhalf.models.reference import split_engine
from secondhalf.models.request import Reply, Request
from secondhalf.models.server.settings import ServerSettings
from secondhalf.rows import Pair
from secondhalf.teach.draft import draft_request
from secondhalf.teach.models import teacher_identity
from secondhalf.teach.settings import TeachSettings

_ROWS = 1000


class JournalRecords:
    """What the journal has of a data set's replies. Models that would have to be fetched first are not looked for."""

    def __init__(self, settings: TeachSettings, path: Path, draft: str | None, address: str = "") -> None:
        """`path`: the store's own journal; `address`: the recipe's `journal`."""
        self.path, self._settings, self._draft, self._address = path, settings, draft, address

    def drafts(self, rows: Sequence[Pair]) -> dict[str, Reply]:
        """The drafts that are there, by pair."""
        draft = self._settings.draft
        reference = (self._draft or draft.model) if draft else ""
        if not rows or draft is None or not self._looked_for(reference, draft.server):
            return {}
        identity = teacher(reference, draft.server, plain=True)[0]
        keys = {pair.id: draft_request(pair, draft).key(identity) for pair in rows}
        stored = self._find(list(keys.values()))
        return {row: stored[key] for row, key in keys.items() if key in stored}

    def of_teacher(self, name: str, requests: list[list[Request]]) -> tuple[str, int]:
        """The teacher's identity ("" where it is not looked for), and how many of its replies are there."""
        own = self._settings.by_teacher()[name]
        if not self._looked_for(own.model, own.server):
            return "", 0
        identity = teacher_identity(own)
        keys = [request.key(identity) for each in requests for request in each]
        stored = self._find(keys)
        return identity, sum(key in stored for key in keys)

    def _looked_for(self, reference: str, server: ServerSettings) -> bool:
        there = bool(self._address) or self.path.is_file()
        return there and (server.served or not split_engine(reference)[1].startswith("hf:"))

    def _find(self, keys: list[str]) -> dict[str, Reply]:
        journal = open_journal(self._address, self.path.parent)
        try:
            parts = [journal.find(keys[start : start + _ROWS]) for start in range(0, len(keys), _ROWS)]
        finally:
            journal.close()
        return {key: reply for part in parts for key, reply in part.items()}
