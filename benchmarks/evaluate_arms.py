"""Wall time of three arms' answers to IFEval prompts, cut where IFEval cuts them (1,280 tokens), beside lm-eval.

    python benchmarks/evaluate_arms.py [--quick] [--longest 512] [--peer .peers/lmeval/bin/python]

The model and two random adapters of it are asked the same 64 prompts (48 with `--longest`): by us together, by lm-eval's
transformers backend one after another (it knows no other way), at the better of two batch sizes, tried at 256 tokens. Another
`--longest` has a result of its own, such as evaluate_arms_512.json. Else as evaluate_speed.py.
"""

import tempfile
from pathlib import Path

from evaluate_sides import Sides, figures
from harness import arguments, finish

IFEVAL = 1280  # tokens of the longest answer, by the board's own settings


def main() -> None:
    options = arguments(__doc__.splitlines()[0], "lmeval", longest="cut answers there, in tokens")
    with tempfile.TemporaryDirectory() as work:
        sides = Sides(options.peer, Path(work))
        limit = 24 if options.quick else int(options.longest or IFEVAL)
        count = 3 if options.quick else 64 if limit == IFEVAL else 48
        tried = {8: 0.0} if options.quick else sides.tried((32, 64), count, 256)
        best = min(tried, key=lambda batch: tried[batch])
        arms = ["", *sides.adapters()]
        results = figures("", sides.both(count, arms, best, limit)) | {
            "arms": len(arms),
            "prompts": count,
            "longest_answer": limit,
            "lm_eval_batch": best,
            "lm_eval_batches_tried": tried,
        }
    other = "" if limit == IFEVAL else f"_{limit}"
    given = f"--longest {limit}" if other else ""
    finish(f"evaluate_arms{other}", results, sides.versions, quick=options.quick, given=given, of="evaluate_arms")


if __name__ == "__main__":
    main()
