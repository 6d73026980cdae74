"""Two answers to one prompt, shown to a judge both ways round: judges favour a position (arXiv 2305.17926)."""

from collections.abc import Callable, Mapping, Sequence

from secondhalf.evaluate.judge.excerpt import excerpt_for_judge
from secondhalf.evaluate.prompt import Prompt
from secondhalf.models.request import Request, Sampling


def paired_requests(
    prompts: Sequence[Prompt],
    answers: Mapping[str, str],
    baseline: Mapping[str, str],
    longest: int,
    *,
    system: str,
    question: Callable[[str, str, str], str],
    markers: Sequence[str],
) -> list[Request]:
    """Two requests for each prompt: ID#1 with the baseline's answer first, ID#2 with it second.

    `question` makes the user message of prompt, first and second answer; `markers` are what frames those in it. `longest`:
    characters of an answer that are shown. `answers` and `baseline` are by the prompt's id.
    """
    requests = []
    for prompt in prompts:
        baseline_text, answer_text = (
            excerpt_for_judge(texts[prompt.id], markers, longest) for texts in (baseline, answers)
        )
        for game, (first, second) in enumerate(((baseline_text, answer_text), (answer_text, baseline_text)), 1):
            messages = (("system", system), ("user", question(prompt.text, first, second)))
            requests.append(Request(f"{prompt.id}#{game}", messages, Sampling()))
    return requests


def steps_for_arm(verdicts: Mapping[str, float]) -> dict[str, float]:
    """Verdicts by ID#GAME in favour of what stands first, turned to the arm's favour: it is second in the first game."""
    return {id: -step if id.endswith("#1") else step for id, step in verdicts.items()}
