"""Holds a recipe's judges to account: each is shown answers whose order is known, both ways round.

What is printed beside every judged figure: how often a judge names the better answer, how often its verdict flips when the
two change places, how often it favours the one shown first, and how much of what it says can be read.
"""

from typing import Any

import pyarrow as pa

from secondhalf.evaluate.arena_hard.games import arena_hard_requests, parse_label
from secondhalf.evaluate.arena_hard.prompts import ArenaHardQuestion
from secondhalf.evaluate.judge.judges import Judges
from secondhalf.evaluate.judge_check.labelled import LABELLED_VERSION, LabelledPair
from secondhalf.store import Stage

JUDGE_CHECK_VERSION = (2, LABELLED_VERSION)
VERDICTS = pa.schema([("judge", pa.string()), ("id", pa.string()), ("game", pa.int64()), ("step", pa.float64())])


def check_judges(items: list[LabelledPair], judges: Judges, stage: Stage) -> dict[str, Any]:
    """Writes judgments- and part- tables: each game's verdict in favour of the better answer, null where it is not read.

    In the first game the worse answer stands first, in the second the better one. Arena-Hard's wording is used.
    """
    prompts = [ArenaHardQuestion(item.id, item.text, "") for item in items]
    better, worse = ({item.id: getattr(item, side) for item in items} for side in ("better", "worse"))
    replies, cost = judges.judge(
        arena_hard_requests(prompts, better, worse, judges.longest), stage, "judges held to account"
    )
    rows = []
    for judge, texts in sorted(replies.items()):
        for id, text in sorted(texts.items()):
            item, _, game = id.rpartition("#")
            step = None if text is None else parse_label(text)
            if step is not None and game == "1":
                step = -step
            rows.append({"judge": judge, "id": item, "game": int(game), "step": step})
    stage.write("part", 0, pa.Table.from_pylist(rows, schema=VERDICTS))
    return {"rows_in": len(items), "rows": len(items), **cost}
