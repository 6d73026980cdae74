"""How well replies fit the untouched student: their mean log-likelihood a token after the half, under the recipe's template.

Responses that the student finds likely were the better ones to tune it on than the strongest model's (GRAPE, arXiv
2502.04194, by length-normalised probability), and a teacher's strength alone does not say how good a teacher it is (arXiv
2411.07133). Both for models and data far larger than ours. Likelihood also favours what repeats or copies, so the audit's word
stands beside it.
"""

import gc
from collections.abc import Sequence

from secondhalf.models.chat.template import Template
from secondhalf.models.generation.student import StudentModel
from secondhalf.models.reference import Model
from secondhalf.models.weights.context_length import max_context
from secondhalf.models.weights.convert import student_folder
from secondhalf.rows import digest
from secondhalf.teach.candidates import Candidate

LOGLIKELIHOOD = "loglikelihood"
"""The figure in the table of scores: nats a token; an id is the pair's, #, and the reply's number."""


class StudentFit:
    """The untouched student, loaded when the first likelihood is needed. `inputs` are what decides it, for a stage's key."""

    def __init__(self, student: Model, template: Template) -> None:
        self._student, self._template = student, template
        self._model: StudentModel | None = None
        self.inputs = {"student": student.identity, "template": digest(template.name, template.text)}

    def loglikelihoods(self, pairs: Sequence[tuple[str, str]], label: str) -> list[float | None]:
        """For each (prompt, response) the response's mean log-likelihood in nats a token, its end left out.

        None for a response without a token, and for one that does not fit into the student's context with its prompt.
        """
        if not pairs:
            return []
        if self._model is None:
            self._model = StudentModel(student_folder(self._student.path, self._student.identity))
        model, limit = self._model, max_context(self._model.model)
        encoded = [
            (
                self._template.encode_prompt(model.tokenizer, prompt),
                self._template.encode_response(model.tokenizer, response, ended=False),
            )
            for prompt, response in pairs
        ]
        fitting = [
            index
            for index, (before, after) in enumerate(encoded)
            if after and (limit is None or len(before) + len(after) <= limit)
        ]
        means: list[float | None] = [None] * len(pairs)
        sums = model.loglikelihood([encoded[index] for index in fitting], label=label) if fitting else []
        for index, (total, tokens) in zip(fitting, sums, strict=True):
            means[index] = total / tokens
        return means

    def close(self) -> None:
        """Frees the student's memory; the next likelihood loads it again."""
        self._model = None
        gc.collect()


def likeliest(candidates: Sequence[Candidate], loglikelihoods: Sequence[float | None]) -> Candidate:
    """The candidate with the highest log-likelihood a token: finished ones first, empty ones last, the first of equals.

    One without a log-likelihood comes after those that have one.
    """
    ranked = [
        (bool(candidate.response), candidate.finished, float("-inf") if value is None else value, -candidate.number)
        for candidate, value in zip(candidates, loglikelihoods, strict=True)
    ]
    return candidates[max(range(len(ranked)), key=ranked.__getitem__)]
