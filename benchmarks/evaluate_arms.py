"""Wall time of three arms' answers to IFEval prompts, cut where IFEval cuts them (1,280 tokens), beside lm-eval.

    python benchmarks/evaluate_arms.py [--quick] [--peer .peers/lmeval/bin/python]

The model and two random adapters of it are asked the same 48 prompts: by us together, by lm-eval's transformers backend one after
another (it knows no other way), at the better of two batch sizes, tried at 256 tokens. `shorter_ratio`: answers of at
most 512 tokens. Else as evaluate_speed.py.
"""

import tempfile
from pathlib import Path

from evaluate_sides import Sides, figures
from harness import arguments, finish


def main() -> None:
    options = arguments(__doc__.splitlines()[0], "lmeval")
    with tempfile.TemporaryDirectory() as work:
        sides = Sides(options.peer, Path(work))
        count, limit = (6, 48) if options.quick else (48, 1280)
        tried = {8: 0.0} if options.quick else sides.tried((32, 64), count, 256)
        best = min(tried, key=lambda batch: tried[batch])
        arms = ["", *sides.adapters()]
        found = figures("", sides.both(count, arms, best, limit)) | {
            "arms": len(arms),
            "prompts": count,
            "longest_answer": limit,
            "lm_eval_batch": best,
            "lm_eval_batches_tried": tried,
        }
        if not options.quick:
            found |= figures("shorter_", sides.both(count, arms, best, 512))
    finish("evaluate_arms", found, sides.versions, quick=options.quick)


if __name__ == "__main__":
    main()
