"""Records what AlpacaEval's own code makes of alpaca_judgments.py, for test_length_controlled.py, test_lasso.py and test_weighed.py.

    pip install alpaca_eval==0.6.6 scikit-learn==1.9.1
    python tests/statistics/record_alpaca_eval.py

in an environment of its own (scikit-learn 1.10 takes the option `penalty` away, which AlpacaEval names). The one file that it
fetches from a hub is put in its place, with difficulties and judgments drawn here: the minimal GLM uses nothing of it.
Each GLM is run as shipped, and with liblinear told to go on until it stands still: the first says what users are shown,
the second what is being computed.
"""

import json
import logging
import sys
import tempfile
import warnings
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from alpaca_eval.completion_parsers import logprob_parser
from alpaca_eval.metrics import glm_winrate

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.alpaca_judgments import CASES, TOKENS, difficulty, gamed, judged

GLMS = ("length_controlled_minimal", "length_controlled_v1")
FIT = glm_winrate.fit_LogisticRegressionCV
STILL = {"tol": 1e-12, "max_iter": 1_000_000}


def main() -> None:
    warnings.simplefilter("ignore")  # of what scikit-learn will take away
    logging.disable()
    with tempfile.TemporaryDirectory() as folder:
        rates = {case: {glm: _rates(case, glm, Path(folder, "df_gamed.csv")) for glm in GLMS} for case in CASES}
    parsed = [{"tokens": tokens, "preference": _parsed(tokens)} for tokens in TOKENS]
    # Not printed: liblinear writes its own warnings to the same stream.
    Path(__file__).with_name("alpaca_eval.json").write_text(
        json.dumps({"glm": rates, "logprob_parser": parsed}, indent=1) + "\n", "utf-8"
    )


def _rates(case: str, glm: str, file: Path) -> dict[str, Any]:
    """The rate in percent, as shipped and with a solver that stands still; C and coefficients of the second."""
    given = judged(case)
    count = len(given.preference)
    _gamed(count).to_csv(file, index=False)
    glm_winrate.hf_hub_download = lambda **_: str(file)
    rows = pd.DataFrame({
        "index": range(count), "preference": np.array(given.preference) + 1, "annotator": "drawn",
        "output_1": ["x" * length for length in given.baseline], "generator_1": "baseline",
        "output_2": ["x" * length for length in given.model], "generator_2": "model",
    })  # fmt: skip
    models: list[Any] = []
    rates = []
    for options in ({}, STILL):
        glm_winrate.fit_LogisticRegressionCV = partial(_kept, models, **options)
        rates.append(glm_winrate.get_length_controlled_winrate(rows.copy(), glm, save_weights_dir=None))
    return {
        "win_rate": rates[0]["win_rate"],
        "shipped": rates[0]["length_controlled_winrate"],
        "still": rates[1]["length_controlled_winrate"],
        "strength": float(np.ravel(models[1].C_)[0]),
        "coefficients": models[1].coef_[0].tolist(),
    }


def _parsed(tokens: dict[str, float]) -> float:
    """The preference by a judge's first token as weighted_alpaca_eval_gpt4_turbo reads it: 1 for m, 2 for M."""
    logprobs = [{"token": token, "logprob": value} for token, value in tokens.items()]
    completion = {"logprobs": {"content": [{"top_logprobs": logprobs}]}}
    [preference] = logprob_parser(completion, numerator_token="m", denominator_tokens=["m", "M"], is_binarize=False)
    return float(preference)


def _gamed(count: int) -> pd.DataFrame:
    judgments = gamed(count)
    return pd.DataFrame({
        "model": "gamed", "index": [*range(count)] * 2, "preference": [sure for sure, _ in judgments],
        "std_delta_len": [delta for _, delta in judgments], "instruction_difficulty": difficulty(count) * 2,
        "not_gamed_baseline": False,
    })  # fmt: skip


def _kept(models: list[Any], *given: Any, **options: Any) -> Any:
    models.append(FIT(*given, **options))
    return models[-1]


if __name__ == "__main__":
    main()
