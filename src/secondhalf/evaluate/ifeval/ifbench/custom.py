"""Tasks that have one right form: tables, dates, sorted lists, a quiz."""

import csv
import re
from io import StringIO
from itertools import pairwise

from secondhalf.evaluate.ifeval.ifbench.text import ascii_only, remove_signs, split_sentences, strip_signs

_COLUMNS = {
    "product": ("ProductID", "Category", "Brand", "Price", "Stock"),
    "student": ("StudentID", "Subject", "Grade", "Semester", "Score"),
}
_QUESTION = re.compile(r"Question \d+[.|):;]?")
_CHOICE = re.compile(r"[A-Ea-e][.|)]\s*\w")
# The capitals north of 45 degrees, from north to south, as the prompt means them.
_THE_CAPITALS = (
    "Reykjavik Helsinki Oslo Tallinn Stockholm Riga Moscow Copenhagen Vilnius Minsk Dublin Berlin Amsterdam Warsaw "
    "London Brussels Prague Luxembourg Paris Vienna Bratislava Budapest Vaduz Chisinau Bern Ljubljana Zagreb"
)
_CAPITALS = _THE_CAPITALS.split()


def multiples(response: str) -> bool:
    """The multiples of 7 from 14 to 49, and no other number."""
    return re.findall(r"\d+", response) == ["14", "21", "28", "35", "42", "49"]


def mcq_count_length(response: str) -> bool:
    """Four questions with five choices each, every question longer than the one before it."""
    if not response.startswith("Question"):
        return False
    parts = [part.strip() for part in _QUESTION.split(response)]
    lengths = []
    for part in filter(None, parts):
        lines = [line.strip() for line in part.split("\n")]
        choices = [index for index, line in enumerate(lines) if _CHOICE.match(line)]
        if len(choices) != 5:
            return False
        lengths.append(len(" ".join(lines[: choices[0]]).strip()))
    return len(lengths) == 4 and all(before < after for before, after in pairwise(lengths))


def reverse_newline(response: str) -> bool:
    """From the line with Zimbabwe on, 52 lines or more in falling order."""
    lines = [strip_signs(line) for line in response.split("\n") if strip_signs(line)]
    start = next((index for index, line in enumerate(lines) if "Zimbabwe" in line), len(lines))
    tail = [ascii_only(line) for line in lines[start:]]
    return len(tail) >= 52 and tail == sorted(tail, reverse=True)


def word_reverse(response: str) -> bool:
    """With its words in reverse order the answer names the bald eagle."""
    return "bald eagle" in " ".join(reversed(remove_signs(response.lower()).split()))


def character_reverse(response: str) -> bool:
    """The bald eagle, letter by letter in reverse."""
    return "elgae dlab" in response.lower()


def sentence_alphabet(response: str) -> bool:
    """Twenty-six sentences that begin with a, b, c and so on."""
    first = [sentence[:1].lower() for sentence in split_sentences(response)]
    return first == [chr(ord("a") + index) for index in range(26)]


def european_capitals_sort(response: str) -> bool:
    """The capitals in their order, with commas."""
    return [name.strip() for name in ascii_only(response).split(",") if name.strip()] == _CAPITALS


def csv_city(response: str) -> bool:
    """Seven rows of five under the header."""
    rows = _rows(response, ",")
    return (
        len(rows) == 8 and rows[0] == ["ID", "Country", "City", "Year", "Count"] and all(len(row) == 5 for row in rows)
    )


def csv_special_character(response: str) -> bool:
    """Fourteen rows of five under the header, and a quoted cell with a special character before any row that is broken."""
    if not _headed(response, "product", r",[ \t]*"):
        return False
    rows = _rows(response.replace('"', '"""'), ",")
    if len(rows) != 15:
        return False
    for row in rows[1:]:
        if len(row) != 5:
            return False
        if any(_is_special(cell) for cell in row):
            return True
    return False


def csv_quotes(response: str) -> bool:
    """Three rows of five under the header, with tabs, every cell in double quotes."""
    rows = _rows(response.replace('"', '"""'), "\t") if _headed(response, "student", r"\t *") else []
    cells = [cell.strip() for row in rows for cell in row]
    return (
        len(rows) == 4
        and all(len(row) == 5 for row in rows)
        and all(cell.startswith('"') and cell.endswith('"') for cell in cells)
    )


def date_format_list(response: str) -> bool:
    """Dates as 1769-08-15 with commas, between 1769 and 1821."""
    return all(_is_date(text.strip()) for text in response.strip().split(","))


def _is_date(text: str) -> bool:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return False
    year, month, day = map(int, text.split("-"))
    # Neither a month nor a day of 00 is refused, and every February has 29 days.
    longest = 29 if month == 2 else 30 if month in {4, 6, 9, 11} else 31 if month else 99
    return 1769 <= year <= 1821 and month <= 12 and day <= longest


def _headed(response: str, table: str, between: str) -> bool:
    """The first line is the table's header, each name bare or in double quotes."""
    names = (f'(?:{name}|"{name}")' for name in _COLUMNS[table])
    return re.fullmatch(between.join(names), response.split("\n", maxsplit=1)[0].strip()) is not None


def _is_special(cell: str) -> bool:
    line = cell.split("\n", maxsplit=1)[0]
    return line.startswith('"') and re.search(r"[^\w\s]", line[1 : max(line.rfind('"'), 1)]) is not None


def _rows(text: str, delimiter: str) -> list[list[str]]:
    try:
        return list(csv.reader(StringIO(text), delimiter=delimiter))
    except csv.Error:
        return []
