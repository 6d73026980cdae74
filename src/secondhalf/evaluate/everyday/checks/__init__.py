"""Does an answer do what its prompt asked, as far as code can tell? One verdict a check, and one a guard.

An answer that is empty, copies the prompt or loops fails every check of its prompt: otherwise nothing at all would
pass "do not mention rain".
"""

import inspect
from typing import Any

from secondhalf.errors import UserError
from secondhalf.evaluate.everyday import probes
from secondhalf.evaluate.everyday.checks.kinds import KINDS, Finding
from secondhalf.evaluate.everyday.prompts import EverydayPrompt
from secondhalf.rows import Verdict

# Shares of 4-grams (characters: 8-grams). Of our own good answers the highest are 0.06 (loop) and 0.30 (echo).
LOOPS = 0.4
ECHOES = 0.7


def run_checks(prompt: EverydayPrompt, answer: str) -> list[Verdict]:
    """A verdict for each guard (empty, echo, loop), then one for each check in the prompt's order.

    `score` is the guard's share, or what the check measured. Raises UserError for an unknown kind or wrong arguments.
    """
    guards = _guards(prompt, answer)
    tripped = next((guard for guard in guards if not guard.passed), None)
    verdicts = list(guards)
    for check in prompt.checks:
        passed, measure, reason = _finding(prompt.id, check, answer)
        if tripped:
            passed, reason = False, f"{tripped.reason}, so no check passes"
        verdicts.append(Verdict(prompt.id, str(check["kind"]), passed, float(measure), reason))
    return verdicts


def passes(prompt: EverydayPrompt, answer: str) -> bool:
    """True when every guard and every check passes."""
    return all(verdict.passed for verdict in run_checks(prompt, answer))


def _guards(prompt: EverydayPrompt, answer: str) -> list[Verdict]:
    shares = {
        "empty": (probes.empty(answer), 0.0, "the answer is empty"),
        "echo": (probes.echo(prompt.text, answer), ECHOES, "the answer copies the prompt"),
        "loop": (probes.repeats(answer), LOOPS, "the answer loops"),
    }
    return [
        Verdict(prompt.id, name, share <= limit, share, "" if share <= limit else reason)
        for name, (share, limit, reason) in shares.items()
    ]


def _finding(id: str, check: dict[str, Any], answer: str) -> Finding:
    args = {name: value for name, value in check.items() if name != "kind"}
    kind = check.get("kind")
    if kind not in KINDS:
        raise UserError(f"{id}: the check kind {kind!r} is unknown; write one of {', '.join(KINDS)}.")
    try:
        inspect.signature(KINDS[kind]).bind(answer, **args)
    except TypeError as error:
        raise UserError(f"{id}: {kind}: {error}; see the arguments in evaluate/everyday/checks/kinds.py.") from error
    try:
        return KINDS[kind](answer, **args)
    except UserError as error:
        raise UserError(f"{id}: {error}") from error
