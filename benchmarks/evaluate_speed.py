"""Wall time of the answers to IFEval's 541 prompts on one core, beside lm-eval's transformers backend at its best batch.

    python benchmarks/evaluate_speed.py [--quick] [--rounds 3] [--longest 512] [--peer .peers/lmeval/bin/python]

The same model (SmolLM2-135M-Instruct), bf16, chat template, prompts and longest answer; greedy. Both sides load the model, ask
and keep the answers; neither scores (lm-eval's IFEval downloads data for it). lm-eval's batch is the best of five, tried first on
128 of the prompts with as long answers as are measured. Several arms: evaluate_arms.py.
Answers are cut at 512 tokens: IFEval's own 1,280 take lm-eval hours on one core. Where a batch must wait for its longest answer
decides much of the ratio; another `--longest` has a result of its own, such as evaluate_speed_128.json.
"""

import tempfile
from pathlib import Path

from evaluate_sides import Sides
from harness import arguments, finish

LONGEST = 512
BATCHES = (8, 16, 32, 64, 128)


def main() -> None:
    options = arguments(
        __doc__.splitlines()[0],
        "lmeval",
        longest="cut answers there, in tokens",
        rounds="how often each side runs, by default 3",
    )
    with tempfile.TemporaryDirectory() as work:
        sides = Sides(options.peer, Path(work))
        limit, rounds = int(options.longest or LONGEST), int(options.rounds or 3)
        count, limit, rounds = (12, 48, 1) if options.quick else (len(sides.lines), limit, rounds)
        tried = {16: 0.0} if options.quick else sides.tried(BATCHES, 128, limit)
        best = min(tried, key=lambda batch: tried[batch])
        results = sides.in_turns(rounds, count, [""], best, limit)
        pairs = zip(sides.answers("ours"), sides.answers("theirs"), strict=True)
        results |= {
            "prompts": count,
            "longest_answer": limit,
            "equal_answers": sum(one.strip() == two.strip() for one, two in pairs),
            "lm_eval_batch": best,
            "lm_eval_batches_tried": tried,
        }
    other = "" if limit == LONGEST else f"_{limit}"
    given = [f"--longest {limit}"] * bool(other) + [f"--rounds {rounds}"] * bool(options.rounds)
    name = f"evaluate_speed{other}"
    finish(name, results, sides.versions, quick=options.quick, given=" ".join(given), of="evaluate_speed")


if __name__ == "__main__":
    main()
