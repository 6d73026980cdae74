"""Asks one model, or several adapters of it together, prompts as the evaluate stage does; see evaluate_speed.py.

One argument: a JSON file that names student, adapters ("" for none), prompts (JSONL) and limit. The last line says the seconds
of loading and asking, with the answers written down, without imports.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import transformers.generation  # noqa: F401  # what the first answer would import
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerFast  # noqa: F401

from secondhalf.evaluate.answers import SamplingOptions, generate_answers, read_texts
from secondhalf.evaluate.own.prompts import OwnPrompt
from secondhalf.models.chat.template import Template
from secondhalf.models.generation.student import StudentModel
from secondhalf.store import Stage


def main() -> None:
    path = Path(sys.argv[1])
    job = json.loads(path.read_text("utf-8"))
    rows = [json.loads(line)["prompt"] for line in Path(job["prompts"]).read_text("utf-8").splitlines()]
    prompts = [OwnPrompt(f"{number:04}", text, "en") for number, text in enumerate(rows)]
    template, sampling = Template.named("tokenizer"), SamplingOptions(job["limit"], 0.0, 1)
    answers: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        model = StudentModel(Path(job["student"]))
        stages = [
            (Path(adapter) if adapter else None, Stage(Path(folder) / str(index)))
            for index, adapter in enumerate(job["adapters"])
        ]
        for _, stage in stages:
            stage.path.mkdir()
        generate_answers(model, template, sampling, prompts, stages, "answers")
        for _, stage in stages:
            answers += [read_texts(stage)[prompt.id] for prompt in prompts]
        seconds = time.perf_counter() - start
    tokens = sum(len(model.tokenizer(text, add_special_tokens=False).input_ids) for text in answers)
    path.with_suffix(".answers").write_text(json.dumps(answers), "utf-8")
    print(json.dumps({"seconds": seconds, "answers": len(answers), "tokens": tokens}))


if __name__ == "__main__":
    main()
