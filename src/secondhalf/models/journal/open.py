"""Opens the journal that a recipe names."""

from pathlib import Path

from secondhalf.models.journal.journal import Journal
from secondhalf.models.journal.reply_journal import ReplyJournal

JOURNAL_FILE = "journal.sqlite"


def open_journal(address: str, store: Path) -> ReplyJournal:
    """The journal at `address` (postgresql://...), or the store's own file where that is "".

    Raises UserError where it cannot be used.
    """
    if not address:
        return Journal(store / JOURNAL_FILE)
    from secondhalf.models.journal.postgresql import PostgresqlJournal

    return PostgresqlJournal(address, store / JOURNAL_FILE)
