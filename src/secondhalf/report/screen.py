"""The facts on one screen of a terminal: the verdict, one table, a line for each other answer, and where to read on."""

from collections.abc import Sequence

from secondhalf.analysis.facts import Arm, Facts, Figure
from secondhalf.report import numbers
from secondhalf.report.summary import WordedAnswer, worded_answers
from secondhalf.report.view import digits_of
from secondhalf.report.words import fill, label, page_words
from secondhalf.text.table import format_table
from secondhalf.text.width import cut, display_width, wrapped

COLUMNS, ROWS = 80, 24
MOST_ARMS = 6
_VERDICT_LINES = 3


def one_screen(facts: Facts, run: str, page: str) -> str:
    """The run's answers within COLUMNS and ROWS; a longer one is cut and ends in …. `page`: where the report is.

    The names of the run and of the page are not cut, so that they can be copied.
    """
    words = page_words(facts.language)
    worked, *others = worded_answers(facts)
    verdict = _lines(_sentences(worked, facts), _VERDICT_LINES, COLUMNS - 2)
    blocks = [
        [
            cut(f"{facts.name}{words['colon']}{worked.title} {worked.outcome}", COLUMNS),
            *(f"  {line}" for line in verdict),
        ],
        _table(facts),
        # Whether it is safe has two lines: of that, nothing bad should be cut off.
        [line for one in others for line in _answer(one, facts, 2 if one.question == "safe" else 1)],
        [fill(words["read_on"], run=run, page=page)],
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _answer(answer: WordedAnswer, facts: Facts, most: int) -> list[str]:
    colon, sentences = page_words(facts.language)["colon"], _sentences(answer, facts)
    return _lines(f"{answer.title} {answer.outcome}{colon if sentences else ''}{sentences}", most, COLUMNS)


def _sentences(answer: WordedAnswer, facts: Facts) -> str:
    """The sentences of an answer, what is bad in front."""
    points = sorted(answer.points, key=lambda point: not point.bad)
    return page_words(facts.language)["between"].join(point.text for point in points)


def _lines(text: str, most: int, columns: int) -> list[str]:
    """At most so many lines; the last one is cut where the text is longer."""
    lines = list(wrapped(text, columns))
    first = lines[: most - 1]
    return [*first, cut(" ".join(lines[most - 1 :]), columns)] if len(lines) > most else lines


def _table(facts: Facts) -> list[str]:
    """The arms by the figures that decide: the primary one, checks passed and stopping, as many as fit."""
    words, arms = page_words(facts.language), facts.arms[:MOST_ARMS]
    names = list(dict.fromkeys([facts.primary, "checks", "stops"]))
    while arms:
        columns = [(name, _held(name, arms)) for name in names if _held(name, arms)]
        head = [words["arm"], words["pairs_column"], *(label(words, "figure", name) for name, _ in columns)]
        rows = [
            [
                cut(arm.name, 20),
                numbers.count(arm.pairs) if arm.pairs else "–",
                *(_cell(arm.name, held) for _, held in columns),
            ]
            for arm in arms
        ]
        lines = format_table(rows, head).split("\n")
        if len(names) == 1 or max(map(display_width, lines)) <= COLUMNS:
            more = len(facts.arms) - len(arms)
            return lines + ([fill(words["more_arms"], n=more)] if more else [])
        names.pop()
    return []


def _held(name: str, arms: Sequence[Arm]) -> dict[str, Figure]:
    return {arm.name: figure for arm in arms for figure in (*arm.figures, *arm.probes) if figure.name == name}


def _cell(arm: str, held: dict[str, Figure]) -> str:
    if arm not in held:
        return "–"
    one, digits = held[arm], digits_of(held.values())
    low, high = (numbers.plain(value, one.unit, digits) for value in (one.low, one.high))
    return f"{numbers.plain(one.mean, one.unit, digits)}{' %' if one.unit == 'share' else ''} [{low}, {high}]"
