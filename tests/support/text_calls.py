"""Calls of the functions whose other values no table of names can guess, and of those whose text comes inside something else."""

from secondhalf.audit.contamination import check_contamination
from secondhalf.audit.contradiction import ContradictionSettings, contradiction_request
from secondhalf.audit.instruction.plain import plain_text
from secondhalf.audit.instruction.rules import RULES, foreign_rules, matches, sure_match
from secondhalf.audit.instruction_judge import InstructionJudgeSettings, instruction_request
from secondhalf.audit.overlap import OverlapIndex
from secondhalf.audit.reviews import Outcomes, ReviewOutcome, judged_hash, outcome_of, with_review
from secondhalf.audit.stage import AuditSettings, check_pair
from secondhalf.baselines.magpie import _folded
from secondhalf.clean.c4 import C4Settings, apply_c4
from secondhalf.clean.duplicates.fold import unit_span
from secondhalf.clean.duplicates.near import NearDuplicateSettings, match_earlier
from secondhalf.clean.duplicates.signatures import compute_signatures
from secondhalf.clean.explanation import explain_document, explanation_as_dict
from secondhalf.clean.fineweb import FineWebSettings, check_fineweb
from secondhalf.clean.gopher_quality import GopherQualitySettings, check_gopher_quality
from secondhalf.clean.gopher_repetition import GopherRepetitionSettings, check_gopher_repetition
from secondhalf.clean.stage import CleanSettings, examine_document
from secondhalf.clean.tokenized_text import TokenizedText, Vocabulary
from secondhalf.evaluate.everyday.checks import run_checks
from secondhalf.evaluate.everyday.prompts import EverydayPrompt
from secondhalf.evaluate.judge.attempts import requests_with_repeats
from secondhalf.evaluate.judge.excerpt import excerpt_for_judge
from secondhalf.evaluate.judge.frame import neutralise
from secondhalf.evaluate.mt_bench import wording
from secondhalf.evaluate.own.grading import MARKERS
from secondhalf.models.request import Reply
from secondhalf.publish.forms import FORMS, row_of
from secondhalf.split.cut import find_cut
from secondhalf.split.rules import character_boundaries, paragraph_boundaries, word_boundaries
from secondhalf.split.sentences import sentence_boundaries
from secondhalf.split.settings import SplitSettings
from secondhalf.split.tokens import token_boundaries
from secondhalf.teach.candidates import Candidate
from secondhalf.teach.judge import ReplyJudgeSettings, judge_requests, judged_candidate
from secondhalf.teach.original import trim
from secondhalf.text import quotations, units
from secondhalf.text.common_run import longest_common_run
from secondhalf.text.json_lines import parse
from support.text_functions import Call, document, pair

_CHECKS = ({"kind": "keyword", "any": ["word"]}, {"kind": "format", "form": "json"}, {"kind": "sentences", "max": 3})
_PROMPT = EverydayPrompt("id", "en", "writing", "Write a word.", _CHECKS, good="word")
_RULES = (word_boundaries, character_boundaries, paragraph_boundaries, sentence_boundaries)


def _candidates(text: str) -> list[Candidate]:
    return [Candidate.of("row", number, Reply(text, "stop", 1, 1)) for number in range(2)]


def _near_duplicates(text: str) -> object:
    texts, settings = [text, text + " other"], NearDuplicateSettings()
    return match_earlier(texts, compute_signatures(texts, settings), settings)


def _segmented(text: str) -> object:
    """Without what an earlier call remembered."""
    vocabulary = Vocabulary()
    return vocabulary.count_sentences(text.split())


def _reviewed(text: str) -> Outcomes:
    """An edit of the pair of that text."""
    seen = judged_hash(pair(text).prompt, pair(text).response)
    return {pair(text).id: {seen: ReviewOutcome("edit", text, "why")}}


CALLS: dict[str, Call] = {
    "audit.instruction_judge.instruction_request": lambda text: instruction_request(
        pair(text), InstructionJudgeSettings(model="m")
    ),
    "audit.contradiction.contradiction_request": lambda text: contradiction_request(
        pair(text), ContradictionSettings(model="m")
    ),
    "audit.contamination.check_contamination": lambda text: check_contamination(
        pair(text), OverlapIndex.of({"a": text})
    ),
    "audit.instruction.rules.sure_match": lambda text: sure_match(
        text,
        plain_text(text),
        matches(plain_text(text), RULES["en"], response=True),
        foreign_rules(text, "en"),
        response=True,
    ),
    "audit.reviews.outcome_of": lambda text: outcome_of(pair(text), _reviewed(text)),
    "audit.reviews.with_review": lambda text: with_review(pair(text), [], _reviewed(text)),
    "audit.stage.check_pair": lambda text: check_pair(pair(text), AuditSettings(), OverlapIndex.of({"a": "a word"})),
    "text.common_run": lambda text: longest_common_run(text, text + text),
    # Without what an earlier call remembered.
    "text.quotations.without_quotations": quotations.without_quotations.__wrapped__,
    "text.units.comparable_units": units.comparable_units.__wrapped__,
    "text.units.unit_span": lambda text: units.unit_span(f"a {text} b", 0, 1),
    "baselines.magpie._folded": _folded,
    "clean.c4.apply_c4": lambda text: apply_c4(TokenizedText("id", text), C4Settings()),
    "clean.duplicates": _near_duplicates,
    "clean.duplicates.fold.unit_span": lambda text: unit_span(f"a {text} b", 0, 1),
    "clean.explanation.explain_document": lambda text: explain_document(
        *examine_document(document(text), CleanSettings())
    ),
    "clean.explanation.explanation_as_dict": lambda text: explanation_as_dict(
        *examine_document(document(text), CleanSettings())
    ),
    "clean.fineweb.check_fineweb": lambda text: check_fineweb(TokenizedText("id", text), FineWebSettings()),
    "clean.gopher_quality": lambda text: check_gopher_quality(TokenizedText("id", text), GopherQualitySettings()),
    "clean.gopher_repetition": lambda text: check_gopher_repetition(
        TokenizedText("id", text), GopherRepetitionSettings()
    ),
    "clean.tokenized_text.Vocabulary": _segmented,
    "evaluate.everyday.checks.run_checks": lambda text: run_checks(_PROMPT, text),
    "evaluate.judge.attempts.requests_with_repeats": lambda text: requests_with_repeats(
        lambda answers: [], {"a": text}
    ),
    "evaluate.judge.excerpt.excerpt_for_judge": lambda text: excerpt_for_judge(text, MARKERS, len(text)),
    "evaluate.judge.frame.neutralise": lambda text: neutralise(text, MARKERS),
    "evaluate.mt_bench.wording.first": lambda text: wording.first(text, text, text),
    "publish.forms.row_of": lambda text: [row_of(form, pair(text)) for form in FORMS],
    "split.cut.find_cut": lambda text: [find_cut(text, rule(text), SplitSettings()) for rule in _RULES],
    "split.tokens.token_boundaries": lambda text: find_cut(
        text, token_boundaries(text, lambda text: range(1, len(text) + 1)), SplitSettings()
    ),
    "teach.judge.judge_requests": lambda text: judge_requests("row", text, _candidates(text), ReplyJudgeSettings()),
    "teach.judge.judged_candidate": lambda text: judged_candidate(
        "row", _candidates(text), {"row#0": Reply(text, "stop", 1, 1)}
    ),
    "teach.original.trim": lambda text: trim(text, len(text) // 2),
    "text.json_lines.parse": lambda text: parse(text.split("\n"), "file"),
}

# The same words by Janome's dictionary: tried once, by way of tag_words.
_BY_TAG_WORDS = (
    "format.nominal_ending",
    "japanese.surfaces",
    "keywords.japanese_existence",
    "keywords.japanese_frequency",
)
# They are handed the words of a run of the text as well.
_BY_LATIN_NAMES = (
    "surname_first.surnames_first",
    "surroundings.acts",
    "surroundings.is_called_after",
    "surroundings.may_have_initials",
    "surroundings.only_a_person",
)
NOT_TRIED = {
    **{f"clean.personal.person.{name}": "latin_names is tried" for name in _BY_LATIN_NAMES},
    **{f"evaluate.ifeval.{name}": "tag_words is tried" for name in _BY_TAG_WORDS},
    "evaluate.ifeval.keywords.japanese_forbidden_words": "tag_words is tried",
    "clean.personal.filter.mask_spans": "mask_personal is tried",
    "evaluate.everyday.checks.share_passed": "run_checks is tried",
    "evaluate.ifeval.score.check_response": "every check is tried",
    "evaluate.minimal_pairs.checks.keeps": "every check is tried",
    "evaluate.own.checks.run_own_checks": "run_checks is tried",
    "models.markup.quoting.search_outside_code": "split_thinking is tried",
    "models.server.refusals.answer_failure": "error_message and error_codes are tried",
    "models.server.refusals.failure": "error_message and error_codes are tried",
    "output.print_result": "printable is tried",
    "output.print_text": "printable is tried",
    "output.print_error": "printable is tried",
    "text.yaml_text.load_yaml": "a key is looked for in the next 1,024 characters, so 40 brackets deep it takes at most 0.3 s",
    "teach.choose.by_function": "a user's function",
    "teach.draft.draft_request": "puts the text into a request as it is",
}
"""Functions with a text among their parameters that are not called here, and why."""
