"""Rows of a table as documents, for CSV and Excel: the column that the recipe names, else each row's cells that hold
sentences."""

from collections.abc import Iterable, Iterator

from secondhalf.corpus.readers.documents.paragraphs import as_text, is_running_text
from secondhalf.corpus.readers.fields import repeated_column, row_mapper
from secondhalf.corpus.readers.items import ReadText, Refused, printable
from secondhalf.corpus.settings import CorpusSettings

Cells = dict[int, str]
"""A row's cells by column, from 0; those that are empty may be missing."""
_MOST_NAMED = 8  # columns that a sentence names


def rows_as_texts(
    rows: Iterable[tuple[int, Cells]], location: str, settings: CorpusSettings, *, split_by_signs: bool = False
) -> Iterator[ReadText | Refused]:
    """A text a row, of rows with their numbers, where the first row names `settings.field` as a column: with the columns that
    the recipe maps. Without it the cells of each row that hold sentences, as paragraphs; rows of figures and labels are
    passed over, and a table of nothing else is refused, naming its columns. A table without a cell yields nothing.

    `split_by_signs`: a row with more cells than the header is a text that was cut at a sign of its own, and refused."""
    names: Cells | None = None
    map_row = row_mapper(settings)
    texts = passed_over = last = 0
    for number, row in rows:
        cells = {column: text.strip() for column, text in row.items() if text.strip()}
        if not cells:
            continue
        if names is None:
            names, last = cells, max(row)
            if settings.field in names.values():
                if reason := repeated_column(list(names.values()), settings):
                    yield Refused(location, reason)
                    return
                continue
        if settings.field in names.values():
            texts += 1
            if split_by_signs and max(cells) > last:
                place = f"{location}:{number}"
                yield Refused(
                    place, "broken row: more cells than the header; put texts that hold the separator into quotes"
                )
                continue
            yield map_row({name: cells.get(column, "") for column, name in names.items()}, f"{location}:{number}")
        elif text := as_text(cells[column] for column in sorted(cells) if is_running_text(cells[column])):
            texts += 1
            yield ReadText(text, f"{location}:{number}")
        else:
            passed_over += 1
    if not texts and names:
        named = [printable(names[column][:40]) for column in sorted(names)[:_MOST_NAMED]]
        columns = f"; name a column with corpus.field (there are {', '.join(named)})"
        yield Refused(location, f"no running text: {passed_over} rows of figures and labels{columns}")
