"""What the checks of a teacher's faults find of the labelled replies, by check and language (tests/audit/labelled/README.md)."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from secondhalf.audit.comment import check_comment
from secondhalf.audit.cut_end import check_cut_end
from secondhalf.audit.language import check_language, check_language_switch
from secondhalf.audit.refusal import check_refusal
from secondhalf.audit.toxicity import check_toxicity
from secondhalf.rows import Pair, Verdict

FOLDER = Path(__file__).parent / "labelled"
PROMPTS = {
    "en": "The council met on Monday to discuss the library and its costs",
    "ja": "町の図書館は来年の春に新しい建物へ移る",
}
CHECKS: dict[str, list[Callable[[Pair], Verdict]]] = {
    "refusal": [check_refusal],
    "comment": [check_comment],
    "cut_end": [check_cut_end],
    "language": [check_language, check_language_switch],
    "toxicity": [check_toxicity],
}


def _rows(name: str, language: str) -> list[tuple[Pair, bool]]:
    rows = [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()]
    return [
        (Pair("p", "d", "words", language, PROMPTS[language], "", row["response"], "t", "stop"), row["fault"])
        for row in rows
        if row["language"] == language
    ]


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("name", list(CHECKS))
def test_precision_and_recall(name: str, language: str) -> None:
    """0.95 each: one line in twenty may be missed, or taken for a fault."""
    rows = _rows(name, language)
    faults = {pair.response for pair, fault in rows if fault}
    assert len(faults) >= 20
    assert len(rows) - len(faults) >= 20
    verdicts = [(pair, check(pair)) for pair, _ in rows for check in CHECKS[name]]
    refused = {pair.response for pair, verdict in verdicts if not verdict.passed}
    assert len(faults & refused) / len(faults) >= 0.95
    assert len(faults & refused) / len(refused) >= 0.95


@pytest.mark.parametrize("name", list(CHECKS))
def test_what_is_refused_has_a_span_and_a_reason(name: str) -> None:
    verdicts = [
        (pair, check(pair))
        for language in PROMPTS
        for pair, _ in _rows(name, language)
        for check in CHECKS[name]
        if check is not check_language
    ]
    for pair, verdict in verdicts:
        if verdict.passed:
            assert (verdict.score, verdict.reason, verdict.start, verdict.end) == (0.0, "", -1, -1)
        else:
            assert verdict.reason
            assert 0 <= verdict.start < verdict.end <= len(pair.response)
