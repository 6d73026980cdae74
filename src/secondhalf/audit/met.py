"""Which prompts of a benchmark were met in the pairs that an arm is trained on. It only looks and refuses no pair.

The rule is that of contamination.py, for each prompt over all pairs: no figure on a benchmark is shown without it.
"""

from typing import Any

import pyarrow as pa

from secondhalf.audit.contamination import COVERED, Benchmark
from secondhalf.rows import Pair, Verdict, from_table, to_table
from secondhalf.store import Stage

VERSION = (1,)


def met(pairs: pa.Table, texts: dict[str, str], stage: Stage) -> dict[str, Any]:
    """Writes a verdict for each prompt of `texts` (id to prompt): not passed where one pair covers more than half of it.

    `score` is the largest share of the prompt that any pair covers, `reason` names that pair.
    """
    benchmark = Benchmark.of(texts)
    most = dict.fromkeys(sorted(texts), (0.0, ""))
    for pair in from_table(Pair, pairs):
        for text in (pair.prompt, pair.response):
            for id, share in benchmark.shares(text).items():
                most[id] = max(most[id], (share, pair.id))
    verdicts = [
        Verdict(id, "contamination", share <= COVERED, share, f"met in the pair {pair}" if share > COVERED else "")
        for id, (share, pair) in most.items()
    ]
    stage.write("part", 0, to_table(Verdict, verdicts))
    counted = sum(not verdict.passed for verdict in verdicts)
    return {"rows_in": len(verdicts), "rows": len(verdicts), "pairs": pairs.num_rows, "met": counted}
