"""Which prompts of a benchmark stand in the pairs that an arm is trained on. It only looks and refuses no pair.

The rule is that of audit/contamination.py, for each prompt over all pairs: no figure on a benchmark is shown without it.
"""

import pyarrow as pa

from secondhalf.audit.contamination import MAX_COVERED
from secondhalf.audit.overlap import OverlapIndex
from secondhalf.rows import Pair, Verdict, from_table, to_table
from secondhalf.store import Stage

OVERLAP_VERSION = (2,)


def measure_overlap(pairs: pa.Table, texts: dict[str, str], stage: Stage) -> dict[str, int]:
    """Writes a verdict for each prompt of `texts` (id to prompt): not passed where one pair covers more than half of it.

    `score` is the largest share of the prompt that any pair covers, 0 to 1; `reason` names that pair. Returns the counts for
    the manifest: rows_in and rows (prompts), pairs, and met (contaminated prompts).
    """
    index = OverlapIndex.of(texts)
    largest = dict.fromkeys(sorted(texts), (0.0, ""))
    for pair in from_table(Pair, pairs):
        for overlap in index.find(pair.prompt, pair.response):
            largest[overlap.text.item] = max(largest[overlap.text.item], (overlap.share, pair.id))
    verdicts = [_verdict(id, share, pair_id) for id, (share, pair_id) in largest.items()]
    stage.write("part", 0, to_table(Verdict, verdicts))
    contaminated = sum(not verdict.passed for verdict in verdicts)
    return {"rows_in": len(verdicts), "rows": len(verdicts), "pairs": pairs.num_rows, "contaminated": contaminated}


def _verdict(id: str, share: float, pair_id: str) -> Verdict:
    passed = share <= MAX_COVERED
    return Verdict(id, "contamination", passed, share, "" if passed else f"met in the pair {pair_id}")
