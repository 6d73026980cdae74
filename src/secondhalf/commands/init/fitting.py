"""The shortest recipe that fits a folder of documents: language, sections, sample, filters; each with what was measured."""

from collections import Counter
from math import ceil
from typing import Any

from secondhalf.clean.stage import CleanSettings, examine_document
from secondhalf.commands.init.short import ShortRecipe
from secondhalf.commands.init.survey import Survey
from secondhalf.corpus.sections import cut_sections
from secondhalf.rows import Document
from secondhalf.settings import lay_over

WISHED_PAIRS = 1000
"""Below it a difference of a few points hardly shows; LIMA (arXiv 2305.11206) was tuned on as many."""
# Lengths to cut sections at, in words, and in characters where there are no blanks: the longest that gives enough pairs.
_SECTIONS, _SECTIONS_SPACELESS = (300, 200, 120), (600, 400, 240)
_MOST_SAMPLED = 5000
_TRIED = 200  # sections that go through the filters
_OFTEN = 0.05  # share of them that one rule refuses, to be loosened
# The rules of web pages that manuals and reports fail, and how recipes here loosen them.
_LOOSER: list[tuple[str, str, dict[str, Any], str]] = [
    (
        "gopher_quality.letter_words",
        "gopher_quality",
        {"min_letter_words": 0.6},
        "fail the limit of web pages, 0.8: signs and figures",
    ),
    ("c4.sentences", "c4", {"min_sentences": 2}, "have fewer than a web page's 5 sentences"),
    ("c4.curly_bracket", "c4", {"curly_bracket": False}, "have a curly bracket, which is code on the web alone"),
    ("fineweb.short_lines", "fineweb", {"max_short_lines": None}, "are mostly short lines: headings and items"),
    ("fineweb.newlines", "fineweb", {"max_newlines": None}, "have many line ends: headings and items"),
    ("ja_longest", "japanese", {"max_longest": 400}, "have a sentence beyond 200 characters: forms, contracts"),
    ("ja_sentence", "japanese", {"max_sentence": 150}, "have a mean sentence beyond 90 characters: contracts"),
]
_OTHER_MODELS = (
    "The small models of ours are English: of 36 Japanese halves the teacher finished none. Name models of the texts' language "
    "with --teacher (and --server) and --student."
)
_CONTINUE_JA = (
    "次の文章の続きを2文で書いてください。元の文章を繰り返したり、感想や説明を加えたりしないでください。\n\n{text}"
)


def fitting_recipe(start: ShortRecipe, survey: Survey) -> ShortRecipe:
    """The recipe for these documents, with its reasons, and at its top how many pairs to expect."""
    words = _section_words(survey)
    sections = [section for text in survey.texts for section in (cut_sections(text, words) if words else [text])]
    total = round(len(sections) * survey.scale)
    unit = "characters" if survey.spaceless else "words"
    languages = list(survey.languages)
    clean: dict[str, Any] = {"language": {"allowed": languages}} if languages else {}
    reasons = {
        **start.reasons,
        "clean.language": ", ".join(
            f"{code}: {share:.0%} of the documents" for code, share in survey.languages.items()
        ),
    }
    tried = [section for section in sections if section.strip()][:: max(len(sections) // _TRIED, 1)][:_TRIED]
    _, failed = _kept(tried, clean)
    for check, name, looser, shows in _LOOSER:
        if failed[check] > _OFTEN * len(tried):
            clean[name] = clean.get(name, {}) | looser
            reasons[f"clean.{name}"] = "; ".join(
                filter(None, [reasons.get(f"clean.{name}", ""), f"{failed[check] / len(tried):.0%} {shows}"])
            )
    kept, failed = _kept(tried, clean)
    pairs = round(kept / len(tried) * total)
    corpus: dict[str, Any] = {
        "reader": _reader(survey),
        "path": survey.path,
        "sample": min(ceil(total * 1.1 / 100) * 100, _MOST_SAMPLED),
    }
    if corpus["reader"] != start.fields["corpus"]["reader"]:
        reasons["corpus.reader"] = "all of them are of this kind"
    if total > _MOST_SAMPLED:
        pairs = round(pairs * _MOST_SAMPLED / total)
        reasons["corpus.sample"] = f"of about {total:,}: raise it for more pairs"
    if words:
        corpus["section_words"] = words
        reasons["corpus.section_words"] = (
            f"a document gives one pair, and half of them have over {survey.middle_words:,} {unit}: whole, they would be "
            f"{round(len(survey.texts) * survey.scale):,} pairs at most"
        )
    fields = {**start.fields, "corpus": corpus}
    fields = {"name": fields.pop("name"), "corpus": fields.pop("corpus"), "clean": clean, **fields}
    if languages[:1] == ["ja"]:
        fields["teach"] = {**fields["teach"], "continue_text": _CONTINUE_JA}
        fields["report"] = {"language": "ja"}
        reasons["teach.continue_text"] = "in the language of the texts"
    english_only = [
        field for field in ("teach.model", "students.base") if field in start.reasons and languages[:1] != ["en"]
    ]
    for field in english_only:
        reasons[field] = f"of English alone; {start.reasons[field]}"
    evaluated = [code for code in ("en", "ja") if code in languages]
    if len(evaluated) == 1:
        fields["evaluate"] = {**fields["evaluate"], "languages": evaluated}
    notes = _notes(survey, total, len(tried), kept, pairs, failed)
    if english_only:
        notes.append(_OTHER_MODELS)
    return ShortRecipe(fields, reasons, [*notes, *start.notes])


def _section_words(survey: Survey) -> int | None:
    """The longest sections that give enough pairs; None where the documents are many and short enough as they are."""
    lengths = _SECTIONS_SPACELESS if survey.spaceless else _SECTIONS
    if survey.middle_words <= 1.5 * lengths[0] and len(survey.texts) * survey.scale >= WISHED_PAIRS:
        return None
    for words in lengths:
        if sum(1 for text in survey.texts for _ in cut_sections(text, words)) * survey.scale >= 1.5 * WISHED_PAIRS:
            return words
    # Where all of them are short, cutting would only make crumbs of them.
    return lengths[-1] if survey.middle_words > lengths[-1] else None


def _kept(sections: list[str], clean: dict[str, Any]) -> tuple[int, Counter[str]]:
    """How many of these pass the filters, and how many each check refuses."""
    settings = CleanSettings.model_validate(lay_over({}, clean))
    kept, failed = 0, Counter[str]()
    for number, section in enumerate(sections):
        _, steps = examine_document(Document(str(number), section, ""), settings)
        checks = {verdict.check for step in steps for verdict in step.verdicts if not verdict.passed}
        failed.update(checks)
        kept += not checks
    return kept, failed


def _reader(survey: Survey) -> str:
    """The one reader that all files need, or `folder`."""
    return next(iter(survey.kinds)) if len(survey.kinds) == 1 and not survey.passed_over else "folder"


def _notes(survey: Survey, total: int, tried: int, kept: int, pairs: int, failed: Counter[str]) -> list[str]:
    kinds = ", ".join(f"{count} {kind}" for kind, count in survey.kinds.items())
    notes = [f"For {survey.path}: {survey.files} files are read ({kinds})."]
    if survey.passed_over:
        notes.append(f"Not read: {survey.passed_over}.")
    if survey.refused:
        notes.append(
            "Could not be read: " + ", ".join(f"{count} {reason}" for reason, count in survey.refused.items()) + "."
        )
    if survey.files_read < survey.files:
        notes.append(f"Looked at {survey.files_read} of the {survey.files} files.")
    if not kept:
        notes.append(f"No pair is to be expected: the filters refuse every one of {tried} sections or documents.")
    else:
        notes.append(
            f"Expect about {pairs:,} pairs before teacher and audit take theirs: {total:,} sections or documents, of which the "
            f"filters keep {kept / tried:.0%} ({kept} of {tried} tried; repeated ones come off)."
        )
    if failed:
        notes.append(
            "The filters refuse most for: "
            + ", ".join(f"{check} ({count})" for check, count in failed.most_common(3))
            + "."
        )
    if not kept:
        notes.append(
            "Loosen the rules that are named, or correct the documents: `secondhalf clean RECIPE --explain FILE` shows why."
        )
    elif pairs < WISHED_PAIRS:
        notes.append(
            f"That is few: under {WISHED_PAIRS:,} pairs a small difference hardly shows. "
            "More documents help, or a better teacher."
        )
    return notes
