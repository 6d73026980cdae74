"""What people preferred, as a file: JSON lines with `prompt`, `chosen` and `rejected`, as `secondhalf review RUN --export FILE
--as preference` writes them.

A row becomes a Pair whose response is the chosen text and whose original the rejected one. What people wrote is held to what
the audit holds a teacher to: no evaluated text, no personal data and, unless the recipe says otherwise, no instruction.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from secondhalf.audit.contamination import check_contamination
from secondhalf.audit.instruction.verdicts import SCRIPT_CHECK, instruction_verdicts
from secondhalf.audit.overlap import OverlapIndex
from secondhalf.clean.personal.findings import find_personal
from secondhalf.clean.personal.settings import PersonalSettings
from secondhalf.errors import UserError
from secondhalf.rows import Pair, Verdict, digest, partition_by_verdicts
from secondhalf.text import json_lines
from secondhalf.text.language import detect
from secondhalf.train.prefer.settings import PeopleSettings

PEOPLE_VERSION = (1,)
_TEACHER = "people"
_PERSONAL = PersonalSettings()


def load_people(settings: PeopleSettings, arm: str) -> list[Pair]:
    """The rows of the file, each once. Raises UserError naming the line and the field."""
    pairs: dict[str, Pair] = {}
    for location, row in json_lines.read(Path(settings.path), f"arms.{arm}.prefer.people.path"):
        if "action" in row and "chosen" not in row:
            raise UserError(
                f"{location} is a decision of a review's log: write the file with "
                "`secondhalf review RUN --export FILE --as preference`."
            )
        prompt, chosen, rejected = (json_lines.text(row, name, location) for name in ("prompt", "chosen", "rejected"))
        if chosen.strip() == rejected.strip():
            raise UserError(f"{location}: chosen and rejected are the same text; leave the row out.")
        id, document = digest(prompt, chosen, rejected), digest(prompt)
        language = detect(f"{prompt}\n{chosen}")[0]
        pairs[id] = Pair(id, document, "", language, prompt, rejected, chosen, _TEACHER, "stop")
    return list(pairs.values())


def people_identity(pairs: Sequence[Pair]) -> str:
    """The hash of the rows, for a stage's key."""
    return digest(*(pair.id for pair in pairs))


def audit_people(
    pairs: list[Pair], index: OverlapIndex, settings: PeopleSettings
) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Accepted pairs, rejects and verdicts. `index` holds the evaluated texts."""
    verdicts = []
    for pair, instructional in zip(pairs, instruction_verdicts(pairs), strict=True):
        found = [
            verdict if settings.refuse_instructions or verdict.check == SCRIPT_CHECK else replace(verdict, passed=True)
            for verdict in instructional
        ]
        verdicts.append([_evaluated(pair, index), _personal(pair), *found])
    return partition_by_verdicts(Pair, pairs, verdicts)


def _evaluated(pair: Pair, index: OverlapIndex) -> Verdict:
    """No side may hold an evaluated text: the rejected one would be unlearned."""
    chosen = check_contamination(pair, index)
    return chosen if not chosen.passed else check_contamination(replace(pair, response=pair.original), index)


def _personal(pair: Pair) -> Verdict:
    """Unlike a document's, a client's prompt went through no filter."""
    spans = [span for text in (pair.prompt, pair.response) for span in find_personal(text, _PERSONAL)]
    if not spans:
        return Verdict(pair.id, "personal_data", True, 0.0)
    kinds = ", ".join(sorted({span.kind.replace("_", " ") for span in spans}))
    return Verdict(pair.id, "personal_data", False, float(len(spans)), f"personal data: {kinds}")
