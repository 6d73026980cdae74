"""Records what arena-hard-auto's own functions make of arena_judgments.py, for test_bradley_terry.py.

    git clone https://github.com/lmarena/arena-hard-auto && git -C arena-hard-auto checkout 8e598050d736
    pip install numpy pandas scikit-learn tqdm
    python tests/statistics/record_arena_hard.py arena-hard-auto > tests/statistics/arena_hard.json

`utils_math.py` and `get_battles_from_row` of `show_result.py` (read from its source, since its other imports need API
clients) are used as they stand. 2,000 rounds instead of their 100, so that the bounds themselves can be compared.
"""

import ast
import json
import sys
from pathlib import Path

import numpy as np

np.NAN = np.nan  # numpy 2 has no NAN; the tool was written for numpy 1
sys.path[:0] = [sys.argv[1], str(Path(__file__).parents[1])]

import pandas as pd  # noqa: E402
import utils_math  # noqa: E402

from support.arena_judgments import BASELINE, judgments, styles  # noqa: E402

ROUNDS = 2000


def main() -> None:
    tree = ast.parse(Path(sys.argv[1], "show_result.py").read_text("utf-8"))
    [function] = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "get_battles_from_row"]
    namespace: dict[str, object] = {}
    exec(compile(ast.Module([function], []), "show_result.py", "exec"), namespace)
    metadata = {
        model: {
            id: {"conv_metadata": {"token_len": one["tokens"], "header_count": {"h1": one["headers"]},
                 "list_count": {"ordered": one["lists"]}, "bold_count": {"**": one["bold"]}}}
            for id, one in of.items()
        }
        for model, of in styles().items()
    }  # fmt: skip
    rows = pd.DataFrame(judgments())
    battles = rows.apply(lambda row: namespace["get_battles_from_row"](row, False, 3, BASELINE, metadata), axis=1)
    battles = pd.DataFrame(battles[battles.map(len) > 0].explode().tolist())
    plain = utils_math.compute_mle_elo(battles, baseline_model=BASELINE)
    spread = utils_math.get_bootstrap_result(battles, utils_math.compute_mle_elo, ROUNDS, BASELINE)
    x, y, models = utils_math.construct_style_matrices(battles)
    styled, style = utils_math.fit_bt(x, y, models, baseline_model=BASELINE)
    styled_spread, _ = utils_math.get_bootstrap_result_style_control(
        x, y, battles, models, utils_math.fit_bt, num_round=ROUNDS, baseline_model=BASELINE
    )
    rates = {"plain": _rates(plain, spread), "styled": _rates(styled, styled_spread), "style": style.tolist()}
    print(json.dumps(rates, indent=1))


def _rates(coefficients: "pd.Series", spread: "pd.DataFrame") -> dict[str, list[float]]:
    """score, lower and upper in percent, as show_result prints them."""
    stats = pd.DataFrame({"model": coefficients.index, "score": coefficients.to_numpy()})
    for name, at in (("lower", 2.5), ("upper", 97.5)):
        stats[name] = [np.percentile(spread[model], at) for model in coefficients.index]
    stats = stats.sort_values(by="model")
    columns = {
        name: utils_math.get_win_rate_column(stats, name, BASELINE).tolist() for name in ("score", "lower", "upper")
    }
    return {model: [columns[name][i] for name in columns] for i, model in enumerate(stats["model"])}


if __name__ == "__main__":
    main()
