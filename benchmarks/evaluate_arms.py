"""Wall time of three arms' answers to IFEval prompts, cut where IFEval cuts them (1,280 tokens), beside lm-eval.

    python benchmarks/evaluate_arms.py [--quick] [--rounds 3] [--longest 512] [--peer .peers/lmeval/bin/python]

The model and two random adapters of it are asked the same 64 prompts (48 with `--longest`): by us together, by lm-eval's
transformers backend one after another (it knows no other way), at the best of five batch sizes, tried on one arm with as long
answers. Another `--longest` has a result of its own, such as evaluate_arms_512.json. Else as evaluate_speed.py.
"""

import tempfile
from pathlib import Path

from evaluate_sides import Sides
from harness import arguments, finish

IFEVAL = 1280  # tokens of the longest answer, by the board's own settings


def main() -> None:
    options = arguments(
        __doc__.splitlines()[0],
        "lmeval",
        longest="cut answers there, in tokens",
        rounds="how often each side runs, by default 3",
    )
    with tempfile.TemporaryDirectory() as work:
        sides = Sides(options.peer, Path(work))
        limit = 24 if options.quick else int(options.longest or IFEVAL)
        rounds = 1 if options.quick else int(options.rounds or 3)
        count = 3 if options.quick else 64 if limit == IFEVAL else 48
        tried = {8: 0.0} if options.quick else sides.tried((8, 16, 24, 32, count), count, limit)
        best = min(tried, key=lambda batch: tried[batch])
        arms = ["", *sides.adapters()]
        results = sides.in_turns(rounds, count, arms, best, limit) | {
            "arms": len(arms),
            "prompts": count,
            "longest_answer": limit,
            "lm_eval_batch": best,
            "lm_eval_batches_tried": tried,
        }
    other = "" if limit == IFEVAL else f"_{limit}"
    given = [f"--longest {limit}"] * bool(other) + [f"--rounds {rounds}"] * bool(options.rounds)
    name = f"evaluate_arms{other}"
    finish(name, results, sides.versions, quick=options.quick, given=" ".join(given), of="evaluate_arms")


if __name__ == "__main__":
    main()
