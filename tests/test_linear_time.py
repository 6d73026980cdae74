"""No pattern and no function of texts takes time that grows faster than its text.

Both are found by themselves, so a new one is tried without anybody's help; what cannot be tried so is named below with its reason.
"""

import re
import time
from collections.abc import Callable, Iterator
from functools import cache, partial

import pytest

from secondhalf.audit.instruction.english import ENGLISH
from secondhalf.audit.instruction.japanese import JAPANESE
from secondhalf.audit.instruction.others import OTHERS, RUN_TOGETHER
from secondhalf.audit.instruction.verdicts import instruction_verdicts
from secondhalf.clean import adult, mix
from secondhalf.clean.duplicates import fold
from secondhalf.clean.personal import iban
from secondhalf.clean.personal.filter import mask_personal
from secondhalf.clean.personal.settings import PersonalSettings
from secondhalf.evaluate.judge import frame
from secondhalf.evaluate.own.grading import MARKERS
from secondhalf.rows import Document
from secondhalf.split.sentences import sentence_boundaries
from secondhalf.text import next_turn, normal_form
from support.compiled_patterns import SOURCE, PatternUse, call_sites, compiled
from support.growth import WORST, growth
from support.hostile_texts import FAMILIES
from support.pattern_attacks import attacks
from support.text_calls import CALLS, NOT_TRIED
from support.text_functions import finish, pair, text_functions

ROOMS = ("audit", "clean", "evaluate", "split", "text", "others")
SIZE, LONG = 2000, 20_000
"""Characters; the test goes up to four times as many."""
TRIES = 12  # of a test that growth is seen: on a busy machine four in a row have missed it

# Patterns that are put together at run time, as they are for one value, and whether they are tried at one place alone.
BUILT: dict[str, Callable[[], list[tuple[re.Pattern[str], bool]]]] = {
    "audit/instruction/english.py _rule": lambda: [(rule.pattern, False) for rule in ENGLISH],
    "audit/instruction/japanese.py _rule": lambda: [(rule.pattern, False) for rule in JAPANESE],
    "audit/instruction/others.py _rule": lambda: [(rule.pattern, False) for rule in (*OTHERS, *RUN_TOGETHER)],
    "clean/adult.py _lexicon": lambda: [(adult._lexicon()[1], False)],
    "clean/duplicates/fold.py _endless_marks": lambda: [(fold._endless_marks(), False)],
    "clean/mix.py _lexicon": lambda: [(mix._lexicon()[2], False)],
    "clean/personal/iban.py _rest": lambda: [(iban._rest(30), True)],
    "evaluate/judge/frame.py _pattern": lambda: [(frame._pattern(MARKERS), False)],
    "text/next_turn.py _opening": lambda: [(next_turn._OPENS, False), (next_turn._MAY_OPEN, False)],
    "text/normal_form.py _many_marks": lambda: [(normal_form._many_marks("NFKD"), False)],
}
# Calls of `re` inside a function whose pattern is no literal: tried by way of the function, or never handed a stranger's text.
INSIDE = {
    "clean/characters.py _kinds": "classes of one character, over all of Unicode, once",
    "clean/personal/phone.py _length_of_number": "phones() is tried; a candidate has 60 characters at most",
    "commands/evaluate_models.py _names": "names of models from the command line",
    "corpus/globs.py _below": "a glob of the recipe's, on names of files, which have 255 bytes at most",
    "output.py print_text": "two marks of our own",
    "evaluate/everyday/checks/fold.py occurrences": "tried; the text wanted is escaped",
    "evaluate/everyday/checks/kinds.py start": "tried; the texts wanted are escaped",
    "evaluate/everyday/checks/kinds.py all_match": "tried by way of format(form='label_lines')",
    "evaluate/ifeval/content.py postscript": "tried; the marker is escaped",
    "evaluate/ifeval/format.py multiple_sections": "tried; the word is escaped",
    "evaluate/ifeval/format.py japanese_multiple_sections": "tried; the word is escaped",
    "evaluate/ifeval/ifbench/custom.py _headed": "tried by way of csv_quotes and csv_special_character",
    "evaluate/ifeval/ifbench/text.py _kept": "tried by way of split_sentences",
    "evaluate/ifeval/japanese.py without_quotations": "tried",
    "evaluate/ifeval/keywords.py forbidden_words": "tried; the words are escaped",
    "evaluate/ifeval/keywords.py _occurrences": "tried; the keyword is escaped",
    "evaluate/judge/family.py model_family": "names of models",
    "models/markup/patterns.py compile_alternatives": "its patterns are at module level, and tried there",
    "text/language.py word_spans": "tried",
}
# Patterns that are slow on long texts and never see one.
SHORT = {
    "secondhalf.split.sentences._LAST_WORD": "searched in the twelve characters before a stop",
    "secondhalf.clean.personal.ip_address._PRODUCT": "searched in the forty characters before an address",
}
# In containers, whose uses are not seen: tried at the beginning of a text alone.
ANCHORED = {"secondhalf.models.markup.channels._SPOKEN"}
# Half a minute of a dictionary or a detector each: tried on every sixth family here, on all in `make soak`.
SLOW = ("evaluate.ifeval.", "evaluate.own.overlap.chrf", "clean.stage.", "clean.explanation.", "audit.stage.")


def patterns() -> Iterator[PatternUse]:
    for use in compiled():
        if use.place not in SHORT:
            yield use._replace(anchored=True) if use.place in ANCHORED else use
    for site in call_sites():
        if site.in_function and site.literal is not None:
            anchored = site.method in {"match", "fullmatch"}
            yield PatternUse(site.place, re.compile(site.literal, site.flags), anchored)
    for place, build in BUILT.items():
        yield from (PatternUse(place, pattern, anchored) for pattern, anchored in build())


@cache
def calls() -> dict[str, Callable[[str], object]]:
    growths = {name: call for name, call in text_functions() if call is not None and name not in NOT_TRIED}
    return {name: partial(_call, call) for name, call in {**growths, **CALLS}.items()}


def _call(call: Callable[[str], object], text: str) -> object:
    return finish(lambda: call(text))


def slow_ones(use: PatternUse, size: int) -> list[str]:
    texts = {**FAMILIES, **dict(attacks(use.pattern))}
    return [f"{use.place} on {name}" for name, make in texts.items() if growth(use.run, make, size) > WORST]


def test_growth_is_seen() -> None:
    blanks = FAMILIES["blanks"]
    quadratic, linear = re.compile(r"\s+x"), re.compile(r"(?<!\s)\s++x")
    # The least of several tries counts, so on a busy machine growth that is there may go unseen once.
    assert any(growth(quadratic.findall, blanks, SIZE) > WORST for _ in range(TRIES))
    assert growth(linear.findall, blanks, LONG) <= WORST
    for text in ("2[12]*0", r"\[\[(\d+\.?\d*)\]\]"):  # no family has their characters in such an order
        pattern = re.compile(text)
        assert any(growth(pattern.findall, make, SIZE) > WORST for _ in range(TRIES) for _, make in attacks(pattern))


def test_every_pattern_is_found() -> None:
    """A call of `re` is at module level, has a literal pattern, or is named above."""
    inside = {site.place for site in call_sites() if site.in_function and site.literal is None}
    assert inside == BUILT.keys() | INSIDE.keys()
    assert SHORT.keys() | ANCHORED <= {use.place for use in compiled()}
    assert sum(1 for _ in patterns()) > 180


def test_normal_forms_are_linear_everywhere() -> None:
    """Python's own is quadratic in marks; what is looked at elsewhere is one character, or a mark of a judge's frame."""
    call = "unicodedata.normalize("
    uses = {str(path.relative_to(SOURCE)) for path in SOURCE.rglob("*.py") if call in path.read_text("utf-8")}
    assert uses == {"text/normal_form.py", "text/radicals.py", "evaluate/judge/frame.py", "clean/duplicates/fold.py"}


def test_every_function_of_texts_is_found() -> None:
    unknown = {name for name, call in text_functions() if call is None} - CALLS.keys() - NOT_TRIED.keys()
    assert not unknown, "write a call in tests/support/text_calls.py"
    assert NOT_TRIED.keys() <= {name for name, _ in text_functions()}
    assert len(calls()) > 220


def test_patterns_are_linear() -> None:
    assert not [slow for use in patterns() for slow in slow_ones(use, SIZE)]


@pytest.mark.parametrize("room", ROOMS)
def test_functions_are_linear(room: str) -> None:
    """The last room is all the others."""
    names = [
        name for name in calls() if (name.partition(".")[0] if name.partition(".")[0] in ROOMS else ROOMS[-1]) == room
    ]
    assert names
    assert not [
        f"{name} on {family}"
        for name in names
        for family, make in list(FAMILIES.items())[:: 6 if name.startswith(SLOW) else 1]
        if growth(calls()[name], make, SIZE) > WORST
    ]


@pytest.mark.soak
def test_long_texts_are_linear() -> None:
    assert not [slow for use in patterns() for slow in slow_ones(use, LONG)]
    assert not [
        f"{name} on {family}"
        for name, call in calls().items()
        for family, make in FAMILIES.items()
        if growth(call, make, LONG) > WORST
    ]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (
            "The old mill." + " " * 12_000 + "\n" * 12_000 + "x",
            lambda text: instruction_verdicts([pair(text)]),
        ),
        (
            "Cards: " + "4111 1111 1111 1111 " * 5000,
            lambda text: mask_personal(Document("id", text, ""), PersonalSettings()),
        ),
        ("昔々あるところに。" + "「" * 20_000 + "』" * 20_000, sentence_boundaries),
    ],
    ids=["spaces", "cards", "brackets"],
)
def test_what_took_minutes_takes_no_time(text: str, read: Callable[[str], object]) -> None:
    """The processor's seconds: 13 and more, 60 and 40 before."""
    start = time.thread_time()
    read(text)
    assert time.thread_time() - start < 5
