"""Scores one model's answers to the everyday prompts, and measures how likely right responses are. No judge.

Figures, one value a prompt (a Score each):
    constraints share of the prompt's checks that the answer passes; 0 for one that is empty, loops or copies the prompt
    checks      1 when every check of the prompt passes
    *_cut       the same of the answer cut where it goes on as the user: a loop after a right answer is told from a wrong one
    ranking     share of other prompts' responses that are less likely after this prompt than its own (arXiv 2409.14254)
    margin      own response's log-likelihood a token minus that of other prompts' responses, after this prompt (nats)
    relevance   own response's log-likelihood a token after this prompt minus after other prompts (nats): the response's
                own difficulty cancels out, which leaves more statistical power
    entropy     of the model's distribution over the own response's tokens (nats a token): its sharpness
    divergence  from the untouched student's distribution over the same tokens (Kullback-Leibler, nats a token)
    probes      stops, next_turn, repeats, echo, language_kept, empty
"""

import math
from itertools import zip_longest
from typing import Any

import pyarrow as pa

from secondhalf.evaluate.answers import ANSWERS_VERSION, PER_PART, read_answers
from secondhalf.evaluate.everyday.checks import share_passed
from secondhalf.evaluate.everyday.probes import PROBES_VERSION, probe
from secondhalf.evaluate.everyday.prompts import EverydayPrompt, everyday_part, load_everyday
from secondhalf.evaluate.settings import EvaluateSettings
from secondhalf.models.chat.template import Template
from secondhalf.models.generation.student import StudentModel
from secondhalf.rows import Answer, Score, digest, to_table
from secondhalf.store import Stage
from secondhalf.text.next_turn import cut_at_next_turn

EVERYDAY_STAGE_VERSION = (3, *ANSWERS_VERSION, PROBES_VERSION)

SHARPNESS = ("entropy", "divergence")

LIKELIHOOD = pa.schema(
    [("prompt", pa.string()), ("response", pa.string()), ("logprob", pa.float64()), ("tokens", pa.int64())]
)


def select_everyday(settings: EvaluateSettings) -> list[EverydayPrompt]:
    """The prompts of the part and languages, ordered by id.

    A limit takes the first by hash, of each language in turn, so that a larger one contains them.
    """
    languages = settings.languages or ["en", "ja"]
    prompts = [prompt for prompt in everyday_part(load_everyday(), settings.part) if prompt.language in languages]
    by_hash = sorted(prompts, key=lambda prompt: digest(prompt.id))
    turns = [[prompt for prompt in by_hash if prompt.language == language] for language in languages]
    first = [prompt for turn in zip_longest(*turns) for prompt in turn if prompt is not None][: settings.limit]
    return sorted(first, key=lambda prompt: prompt.id)


def score_everyday(
    model: StudentModel,
    template: Template,
    settings: EvaluateSettings,
    answers: Stage,
    stage: Stage,
    label: str,
    *,
    whole: bool = False,
) -> dict[str, Any]:
    """Writes likelihoods- and part- (scores) tables; goes on at the part where it stopped.

    `answers`: the model's own. `whole`: its weights were trained whole, so the untouched student, from which it diverged, is not
    at hand.
    """
    prompts, answers_by_id = select_everyday(settings), read_answers(answers)
    others = neighbours(prompts, settings)
    for index, start in enumerate(range(0, len(prompts), PER_PART) if settings.others else ()):
        part = prompts[start : start + PER_PART]
        if not stage.has("likelihoods", index):
            stage.write("likelihoods", index, _likelihoods(model, template, part, others, label))
    logprobs = {
        (row["prompt"], row["response"]): row["logprob"] / max(row["tokens"], 1)
        for table in stage.tables("likelihoods")
        for row in table.to_pylist()
    }
    scores = [
        score
        for prompt in prompts
        for score in score_prompt(prompt, answers_by_id[prompt.id], others[prompt.id], logprobs)
    ]
    sharpness = _sharpness(model, template, prompts, label)
    scores += [score for score in sharpness if score.figure != "divergence" or not whole]
    stage.write("part", 0, to_table(Score, scores))
    return {"rows_in": len(prompts), "rows": len(prompts)}


def neighbours(prompts: list[EverydayPrompt], settings: EvaluateSettings) -> dict[str, list[EverydayPrompt]]:
    """For each prompt, `others` prompts of its language: its neighbours in a circle ordered by hash.

    A circle makes the choice mutual, so one set of likelihoods gives `ranking`, `margin` and `relevance`.
    """
    chosen_others: dict[str, list[EverydayPrompt]] = {}
    if not settings.others:
        return {prompt.id: [] for prompt in prompts}
    for language in {prompt.language for prompt in prompts}:
        circle = sorted(
            (prompt for prompt in prompts if prompt.language == language),
            key=lambda prompt: digest(str(settings.seed), prompt.id),
        )
        steps = [step for near in range(1, settings.others // 2 + 2) for step in (near, -near)][: settings.others]
        for index, prompt in enumerate(circle):
            near = {circle[(index + step) % len(circle)].id: circle[(index + step) % len(circle)] for step in steps}
            chosen_others[prompt.id] = [other for other in near.values() if other.id != prompt.id]
    return chosen_others


def _likelihoods(
    model: StudentModel,
    template: Template,
    prompts: list[EverydayPrompt],
    others: dict[str, list[EverydayPrompt]],
    label: str,
) -> pa.Table:
    """Each prompt with its own response and its neighbours' ones."""
    pairs = [(prompt, response) for prompt in prompts for response in (prompt, *others[prompt.id])]
    encoded = [_encoded(model, template, prompt, response) for prompt, response in pairs]
    sums = model.loglikelihood(encoded, label=f"{label} likelihoods")
    rows = [(p.id, r.id, total, tokens) for (p, r), (total, tokens) in zip(pairs, sums, strict=True)]
    return pa.Table.from_pylist([dict(zip(LIKELIHOOD.names, row, strict=True)) for row in rows], schema=LIKELIHOOD)


def _sharpness(model: StudentModel, template: Template, prompts: list[EverydayPrompt], label: str) -> list[Score]:
    encoded = [_encoded(model, template, prompt, prompt) for prompt in prompts]
    values = model.divergence(encoded, label=f"{label} divergence")
    return [
        Score(prompt.id, figure, value)
        for prompt, pair in zip(prompts, values, strict=True)
        for figure, value in zip(SHARPNESS, pair, strict=True)
    ]


def _encoded(
    model: StudentModel, template: Template, prompt: EverydayPrompt, response: EverydayPrompt
) -> tuple[list[int], list[int]]:
    before = template.encode_prompt(model.tokenizer, prompt.text)
    return before, template.encode_response(model.tokenizer, response.good, ended=False)


def score_prompt(
    prompt: EverydayPrompt, answer: Answer, others: list[EverydayPrompt], logprobs: dict[tuple[str, str], float]
) -> list[Score]:
    """Every figure of one prompt. `logprobs`: by (prompt, response), nats a token of the response after the prompt."""
    own = logprobs.get((prompt.id, prompt.id), math.nan)
    own_prompt = [logprobs[prompt.id, other.id] for other in others]
    other_prompts = [logprobs[other.id, prompt.id] for other in others if (other.id, prompt.id) in logprobs]
    values: dict[str, float] = {}
    for suffix, text in (("", answer.text), ("_cut", cut_at_next_turn(answer.text))):
        share = share_passed(prompt, text)
        values |= {f"constraints{suffix}": share, f"checks{suffix}": float(share == 1)}
    if own_prompt:
        values["ranking"] = sum(own > other for other in own_prompt) / len(own_prompt)
        values["margin"] = own - sum(own_prompt) / len(own_prompt)
    if other_prompts:
        values["relevance"] = own - sum(other_prompts) / len(other_prompts)
    values |= probe(prompt.text, answer.text, answer.finish, prompt.language)
    return [Score(prompt.id, name, value) for name, value in values.items()]
