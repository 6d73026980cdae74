"""When a corpus is refused as a whole: a wrong recipe is not dirty data."""

from secondhalf.corpus.readers.items import printable
from secondhalf.corpus.scan import ScanResult
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.errors import UserError

GIVE_UP_AFTER = 10_000  # rows: when not one of so many could be read, the rest is not waited for


def is_unreadable(result: ScanResult) -> bool:
    """True when many rows were read and not one was a text."""
    return result.rows >= GIVE_UP_AFTER and result.reasons.total() == result.rows


def refuse_unreadable(result: ScanResult, settings: CorpusSettings) -> None:
    """Raises UserError for a corpus without rows, without a group of `shares`, or with more refused rows than it may have."""
    refused = result.reasons.total()
    if not result.rows:
        raise UserError(f"The corpus holds no document: check corpus.path ({settings.path}) and corpus.reader.")
    if refused == result.rows or refused > settings.max_refused * result.rows:
        reason, count = result.reasons.most_common(1)[0]
        example = min(result.refused.groups[reason].items())[1]
        raise UserError(
            f"{refused} of {result.rows} rows of the corpus cannot be read, {count} of them for `{reason}`; for example "
            f"{printable(example.location)}: {printable(example.reason).rstrip('.')}. "
            "Correct corpus.reader and its fields, or raise corpus.max_refused."
        )
    if not len(result.best):
        raise UserError(
            f"No text is of a {settings.per} that corpus.shares names ({', '.join(settings.shares)}): correct the names."
        )
