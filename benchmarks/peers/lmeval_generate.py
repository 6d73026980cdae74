"""Asks one model, or one adapter after another, prompts by lm-eval's transformers backend: its own reading, batching and cutting.

One argument: a JSON file that names student, adapters ("" for none), prompts (JSONL), limit and batch. The last line says
the seconds of loading and asking, without imports. Nothing is scored: lm-eval's IFEval downloads NLTK data for that.
"""

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path

TASK = """\
task: prompts
dataset_path: json
dataset_kwargs: {{data_files: {{test: {prompts}}}}}
test_split: test
output_type: generate_until
doc_to_text: prompt
doc_to_target: ""
generation_kwargs: {{until: [], do_sample: false, temperature: 0.0, max_gen_toks: {limit}}}
metric_list: [{{metric: bypass}}]
"""


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    import lm_eval
    from lm_eval.models.huggingface import HFLM
    from lm_eval.tasks import TaskManager

    folder = Path(sys.argv[1]).with_suffix(".tasks")
    folder.mkdir(exist_ok=True)
    (folder / "prompts.yaml").write_text(TASK.format(**job), "utf-8")
    manager = TaskManager(include_path=str(folder), include_defaults=False)
    answers: list[str] = []
    start = time.perf_counter()
    for adapter in job["adapters"]:
        peft_options = {"peft": adapter} if adapter else {}
        model = HFLM(pretrained=job["student"], dtype="bfloat16", device="cpu", batch_size=job["batch"], **peft_options)
        results = lm_eval.simple_evaluate(
            model,
            tasks=["prompts"],
            task_manager=manager,
            bootstrap_iters=0,
            apply_chat_template=True,
            log_samples=True,
        )
        answers += [sample["resps"][0][0] for sample in results["samples"]["prompts"]]
    seconds = time.perf_counter() - start
    tokens = sum(len(model.tokenizer(text, add_special_tokens=False).input_ids) for text in answers)
    Path(sys.argv[1]).with_suffix(".answers").write_text(json.dumps(answers), "utf-8")
    print(json.dumps({"seconds": seconds, "answers": len(answers), "tokens": tokens, "lm_eval": version("lm_eval")}))


if __name__ == "__main__":
    main()
