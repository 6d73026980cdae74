"""Does a prompt, or a good answer, of a benchmark that the recipe evaluates on stand in a pair? Then no claim on it would hold.

Looked for in the pseudo-instruction, in the teacher's reply, since a teacher can recite, and across their seam (overlap.py).
"""

from secondhalf.audit.overlap import Overlap, OverlapIndex
from secondhalf.rows import Pair, Verdict
from secondhalf.text.units import comparable_units, unit_span

MAX_COVERED = 0.5


def check_contamination(pair: Pair, index: OverlapIndex) -> Verdict:
    """Score: the largest covered share, 0 to 1, of any evaluated text.

    The reason names its benchmark, item, part and side, and how many more there are; the span is in that side's text (-1 where
    it goes across the seam).
    """
    overlaps = index.find(pair.prompt, pair.response)
    if not overlaps:
        return Verdict(pair.id, "contamination", True, 0.0)
    over = [overlap for overlap in overlaps if overlap.share > MAX_COVERED]
    if not over:
        return Verdict(pair.id, "contamination", True, overlaps[0].share)
    side, start, end = _place(pair, over[0])
    more = f", and {len(over) - 1} more" if len(over) > 1 else ""
    reason = f"holds an evaluation text: {over[0].text}, {side}{more}"
    return Verdict(pair.id, "contamination", False, over[0].share, reason, start, end)


def _place(pair: Pair, overlap: Overlap) -> tuple[str, int, int]:
    seam = len(comparable_units(pair.prompt))
    if overlap.last < seam:
        return "in the prompt", *unit_span(pair.prompt, overlap.first, overlap.last)
    if overlap.first >= seam:
        return "in the response", *unit_span(pair.response, overlap.first - seam, overlap.last - seam)
    return "across both halves", -1, -1
