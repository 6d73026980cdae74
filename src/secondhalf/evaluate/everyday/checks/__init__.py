"""Does an answer do what its prompt asked, as far as code can tell? One verdict a check, and one a guard.

An answer that is empty, copies the prompt or loops fails every check of its prompt (guards.py).
"""

import inspect
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from secondhalf.errors import UserError
from secondhalf.evaluate.everyday.checks.kinds import KINDS, Finding
from secondhalf.evaluate.everyday.prompts import EverydayPrompt
from secondhalf.evaluate.guards import guards
from secondhalf.rows import Verdict


def run_checks(prompt: EverydayPrompt, answer: str) -> list[Verdict]:
    """A verdict for each guard (empty, echo, loop), then one for each check in the prompt's order.

    `score` is the guard's share, or what the check measured. Raises UserError for an unknown kind or wrong arguments.
    """
    guarding = guards(prompt.text, answer)
    tripped = next((guard for guard in guarding if guard.trips), None)
    verdicts = [
        Verdict(prompt.id, guard.name, not guard.trips, guard.share, guard.reason if guard.trips else "")
        for guard in guarding
    ]
    for check in prompt.checks:
        passed, measure, reason = _finding(prompt.id, check, answer)
        if tripped:
            passed, reason = False, f"{tripped.reason}, so no check passes"
        verdicts.append(Verdict(prompt.id, str(check["kind"]), passed, float(measure), reason))
    return verdicts


def share_passed(prompt: EverydayPrompt, answer: str) -> float:
    """Share of the prompt's checks that pass, 0 to 1; 0 when a guard trips."""
    verdicts = run_checks(prompt, answer)[-len(prompt.checks) :]
    return sum(verdict.passed for verdict in verdicts) / len(verdicts)


def _finding(id: str, check: dict[str, Any], answer: str) -> Finding:
    args = {name: value for name, value in check.items() if name != "kind"}
    kind = check.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise UserError(f"{id}: the check kind {_shown(kind)} is unknown; write one of {', '.join(KINDS)}.")
    try:
        signature, types = _parameters(kind)
        signature.bind(answer, **args)
        for name, value in args.items():
            types[name].validate_python(value, strict=True)
    except TypeError as error:
        raise UserError(f"{id}: {kind}: {error}; see the arguments in evaluate/everyday/checks/kinds.py.") from error
    except ValidationError as error:
        message = error.errors(include_url=False)[0]["msg"]
        raise UserError(f"{id}: {kind}: {name} is {_shown(value)}: {message}.") from error
    try:
        return KINDS[kind](answer, **args)
    except UserError as error:
        raise UserError(f"{id}: {error}") from error


@cache
def _parameters(kind: str) -> tuple[inspect.Signature, dict[str, TypeAdapter[Any]]]:
    """The arguments of a kind, and what each must be."""
    signature = inspect.signature(KINDS[kind])
    return signature, {name: TypeAdapter(parameter.annotation) for name, parameter in signature.parameters.items()}


def _shown(value: object) -> str:
    return repr(value)[:60]
