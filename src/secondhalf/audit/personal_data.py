"""Personal data that a reply has and its prompt does not: the teacher made it up, or remembers it.

The kinds and patterns are those of clean/personal. A value that stands in the prompt is no fault, however it is written there.
"""

import re

from secondhalf.clean.personal.findings import find_personal
from secondhalf.clean.personal.settings import PersonalSettings
from secondhalf.rows import Pair, Verdict
from secondhalf.text.normal_form import normal_form

_PERSONAL = PersonalSettings()
_NO_VALUE = re.compile(r"[\W_]+")


def check_personal_data(pair: Pair) -> Verdict:
    """Score: how many pieces of personal data the reply adds. The span is the first, in the response."""
    spans = find_personal(pair.response, _PERSONAL)
    if spans:
        prompt = _value(pair.prompt)
        spans = [span for span in spans if _value(pair.response[span.start : span.end]) not in prompt]
    if not spans:
        return Verdict(pair.id, "personal_data", True, 0.0)
    kinds = ", ".join(sorted({span.kind.replace("_", " ") for span in spans}))
    reason = f"personal data that the prompt does not have: {kinds}"
    return Verdict(pair.id, "personal_data", False, float(len(spans)), reason, spans[0].start, spans[0].end)


def _value(text: str) -> str:
    """Letters and digits alone: 090-1234-5678 and ０９０ １２３４ ５６７８ are one number."""
    return _NO_VALUE.sub("", normal_form("NFKC", text).lower())
