"""When a corpus is refused as a whole: a wrong recipe is not dirty data."""

from secondhalf.corpus.readers.items import printable
from secondhalf.corpus.scan import Found
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.errors import UserError

HOPELESS = 10_000  # rows after which, when not one of them could be read, the rest is not waited for


def hopeless(found: Found) -> bool:
    """True when many rows were read and not one was a text."""
    return found.rows >= HOPELESS and found.reasons.total() == found.rows


def judge(found: Found, settings: CorpusSettings) -> None:
    """Stops where a reject is no longer the answer. Raises UserError."""
    refused = found.reasons.total()
    if not found.rows:
        raise UserError(f"The corpus holds no document: check corpus.path ({settings.path}) and corpus.reader.")
    if refused == found.rows or refused > settings.max_refused * found.rows:
        reason, count = found.reasons.most_common(1)[0]
        one = min((key, entry.row) for key, entry in found.refused.held.items() if key[0] == reason)[1]
        raise UserError(
            f"{refused} of {found.rows} rows of the corpus cannot be read, {count} of them for `{reason}`; for example "
            f"{printable(one.place)}: {printable(one.reason)}. Correct corpus.reader and its fields, or raise corpus.max_refused."
        )
    if not found.best.held:
        raise UserError("No text is of a group that corpus.shares names: correct the names.")
