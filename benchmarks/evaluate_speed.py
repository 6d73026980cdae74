"""Wall time of the answers to IFEval's 541 prompts on one core, beside lm-eval's transformers backend at its best batch.

    python benchmarks/evaluate_speed.py [--quick] [--peer .peers/lmeval/bin/python]

The same model (SmolLM2-135M-Instruct), bf16, chat template, prompts and longest answer; greedy. Both sides load the model, ask
and keep the answers; neither scores (lm-eval's IFEval downloads data for it). lm-eval's batch is tried first on some of the
prompts. Several arms: evaluate_arms.py.
Answers are cut at 512 tokens: IFEval's own 1,280 take lm-eval hours on one core. Where a batch must wait for its longest answer
decides much of the ratio, so it is also told for at most 128 tokens (`shorter_ratio`) and, on some of the prompts, for 1,280
(`longer_ratio`).
"""

import tempfile
from pathlib import Path

from evaluate_sides import Sides, figures
from harness import arguments, finish


def main() -> None:
    options = arguments(__doc__.splitlines()[0], "lmeval")
    with tempfile.TemporaryDirectory() as work:
        sides = Sides(options.peer, Path(work))
        count, limit = (12, 64) if options.quick else (len(sides.lines), 512)
        tried = {16: 0.0} if options.quick else sides.tried((16, 32, 64), 64, 128)
        best = min(tried, key=lambda batch: tried[batch])
        runs = sides.both(count, [""], best, limit)
        pairs = zip(sides.answers("ours"), sides.answers("theirs"), strict=True)
        results = figures("", runs) | {
            "prompts": count,
            "longest_answer": limit,
            "equal_answers": sum(one.strip() == two.strip() for one, two in pairs),
            "lm_eval_batch": best,
            "lm_eval_batches_tried": tried,
        }
        if not options.quick:
            results |= figures("shorter_", sides.both(count, [""], best, 128))
            results |= figures("longer_", sides.both(64, [""], best, 1280)) | {"longer_prompts": 64}
    finish("evaluate_speed", results, sides.versions, quick=options.quick)


if __name__ == "__main__":
    main()
