"""The audit's verdicts on instruction-like content: one for each side, and one more where a script is not known."""

import re
import unicodedata
from collections.abc import Sequence

from secondhalf.audit.instruction.detector import SideFinding, find_instructions
from secondhalf.rows import Pair, Verdict

SCRIPT_CHECK = "instruction_script"
"""The check's name where a pair could not be judged."""
# First words of the names of letters that the detectors know: Latin, Japanese and, for a few phrases, other scripts.
_KNOWN = (
    "LATIN",
    "FULLWIDTH",
    "HALFWIDTH",
    "HIRAGANA",
    "KATAKANA",
    "KATAKANA-HIRAGANA",
    "CJK",
    "HANGUL",
    "CYRILLIC",
    "GREEK",
)
_BEYOND_LATIN = re.compile("[^\0-\u024f]")
_LARGEST = 0.5  # the share of letters of unknown scripts from which a pair is not judged
_READ = 2000


def instruction_verdicts(pairs: Sequence[Pair], *, pass_unjudged: bool = True) -> list[list[Verdict]]:
    """Of each pair the verdicts `instruction_prompt` and `instruction_response`, passed where nothing was found.

    Score: 1 for a sure rule, else the classifier's probability, 0 to 1. The reason names side, kind and detector; the span is
    the rule's. Where most letters belong to a script that no detector knows there is a third verdict, `instruction_script`:
    not judged, its score their share, passed if `pass_unjudged`.
    """
    findings = find_instructions(pairs)
    return [
        [
            _verdict(pair, "prompt", prompt),
            _verdict(pair, "response", response),
            *_unjudged(pair, passed=pass_unjudged),
        ]
        for pair, (prompt, response) in zip(pairs, findings, strict=True)
    ]


def _verdict(pair: Pair, side: str, finding: SideFinding) -> Verdict:
    check, score = f"instruction_{side}", round(finding.score, 4)
    if not finding.flagged:
        return Verdict(pair.id, check, True, score)
    kind = finding.kind.replace("_", " ") or "of no certain kind"
    reason = f"instruction-like in the {side}: {kind}; {finding.detail}"
    return Verdict(pair.id, check, False, score, reason, finding.start, finding.end)


def _unjudged(pair: Pair, *, passed: bool) -> list[Verdict]:
    text = pair.prompt[:_READ] + pair.response[:_READ]
    if text.isascii():
        return []
    share = unknown_share(text)
    if share < _LARGEST:
        return []
    reason = "in a script that the detectors of instructions don't know: not judged"
    return [Verdict(pair.id, SCRIPT_CHECK, passed, round(share, 4), reason)]


def unknown_share(text: str) -> float:
    """The share of a text's letters, 0 to 1, that belong to scripts which no detector knows."""
    unknown = sum(
        not unicodedata.name(character, "").startswith(_KNOWN)
        for character in _BEYOND_LATIN.findall(text)
        if character.isalpha()
    )
    return unknown / sum(map(str.isalpha, text)) if unknown else 0.0
