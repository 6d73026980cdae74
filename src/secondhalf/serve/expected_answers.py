"""What an arm must answer before its port opens: the run's own answers, or for another engine our own model's likeliest words."""

import json
from dataclasses import replace
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.evaluate.answers import PER_PART, SEED_STRIDE, read_answers
from secondhalf.evaluate.everyday.prompts import load_everyday
from secondhalf.evaluate.everyday.stage import select_everyday
from secondhalf.models.chat.template import Template
from secondhalf.runs import Label, Run
from secondhalf.serve.engines.generation import ExpectedAnswer, GenerationRequest
from secondhalf.store.recorded import read_recorded, write_recorded

_ANSWERS = 8  # of which the shortest are compared
_PROMPTS = ("en-001", "en-005", "en-011", "ja-001", "ja-005", "ja-011")
_GREEDY = GenerationRequest((), True, 24, 0.0, 1.0, 0)


def stored_answers(run: Run, arm: str, seed: int | None) -> list[ExpectedAnswer]:
    """The shortest of the arm's answers to the everyday prompts, with their seeds; none where the run was not evaluated.

    `seed`: the training seed, None for an arm that is not trained.
    """
    stage = run.stages().get(Label("answers", benchmark="everyday", arm=arm, seed=seed))
    if stage is None or not stage.whole:
        return []
    settings, answers = run.recipe.evaluate, read_answers(stage)
    stored = []
    for number, prompt in enumerate(select_everyday(settings)):
        if prompt.id in answers and answers[prompt.id].text:
            part, index = divmod(number, PER_PART)
            seed_of_prompt = settings.seed + SEED_STRIDE * part + index
            request = GenerationRequest(
                (prompt.text,), True, settings.max_tokens, settings.temperature, 1.0, seed_of_prompt
            )
            stored.append(ExpectedAnswer(request, answers[prompt.id].text))
    return sorted(stored, key=lambda one: len(one.text))[:_ANSWERS]


def greedy_answers(folder: Path, adapter: Path | None, template: Template, kept: Path) -> list[ExpectedAnswer]:
    """Our own model's likeliest words to six everyday prompts, and those of its student without the adapter.

    Another engine draws otherwise from the same seed, so its answers cannot be held to the run's. `kept`: the file that holds
    them for the next start; they are asked for once.
    """
    prompts = [prompt.text for prompt in load_everyday() if prompt.id in _PROMPTS]
    answers = _kept(kept, len(prompts))
    if answers is None:
        answers = _ask(folder, adapter, template, prompts)
        write_recorded(kept, json.dumps(answers, ensure_ascii=False))
    own, untouched = answers
    return [
        ExpectedAnswer(replace(_GREEDY, turns=(prompt,)), *answers)
        for prompt, *answers in zip(prompts, own, untouched, strict=True)
        if answers[0]
    ]


def _kept(kept: Path, count: int) -> list[list[str]] | None:
    """The answers of the last start; None where there are none that are as they were written, and they are asked for anew."""
    try:
        answers = json.loads(read_recorded(kept, ""))
    except (OSError, ValueError, RecursionError, UserError):
        return None
    lists = isinstance(answers, list) and len(answers) == 2 and all(isinstance(one, list) for one in answers)
    whole = lists and all(len(one) == count and all(isinstance(text, str) for text in one) for one in answers)
    return answers if whole else None


def _ask(folder: Path, adapter: Path | None, template: Template, prompts: list[str]) -> list[list[str]]:
    """The answers with the adapter, and without it: the latter are "" where there is none."""
    from secondhalf.models.generation.student import StudentModel

    model = StudentModel(folder)
    ids = [template.encode_prompt(model.tokenizer, prompt) for prompt in prompts]
    answers = []
    for used in (adapter, None) if adapter else (None,):
        model.use(used)
        generated = model.generate(
            ids, max_tokens=_GREEDY.max_tokens or 1, temperature=0.0, seed=0,
            stop_ids=template.stop_ids(model.tokenizer), stop_text=template.frame(model.tokenizer).stop,
        )  # fmt: skip
        answers.append([text for text, *_ in generated])
    return answers if adapter else [*answers, [""] * len(prompts)]
