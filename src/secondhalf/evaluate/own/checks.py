"""The checks of your own prompts: the everyday prompts' kinds, and those that the recipe names a function for."""

from collections.abc import Mapping
from typing import Any

from secondhalf.errors import UserError
from secondhalf.evaluate.everyday.checks import run_checks
from secondhalf.evaluate.everyday.checks.kinds import KINDS
from secondhalf.evaluate.everyday.prompts import EverydayPrompt
from secondhalf.evaluate.own.prompts import OwnPrompt
from secondhalf.extensions.function import RowError, load_function
from secondhalf.rows import Verdict

OWN_CHECKS_FIELD = "evaluate.own.checks"
"""The recipe's field that names functions for kinds of checks."""


def run_own_checks(prompt: OwnPrompt, answer: str, functions: Mapping[str, str]) -> list[Verdict]:
    """The guards of an answer and the built-in checks (see `run_checks`), then a verdict for each check by a function.

    `functions`: kind -> my_module:function. Such a verdict's check is that path; where the function raised it failed, and its
    reason says so. Raises UserError for a kind that is neither, for wrong arguments, and for a function that returns no bool.
    """
    for check in prompt.checks:
        kind = check.get("kind")
        if not isinstance(kind, str) or (kind not in KINDS and kind not in functions):
            known = ", ".join([*KINDS, *functions])
            raise UserError(
                f"{prompt.id}: the check kind {kind!r} is unknown; write one of {known}, "
                f"or name a function in {OWN_CHECKS_FIELD}."
            )
    built_in = tuple(check for check in prompt.checks if check["kind"] not in functions)
    everyday = EverydayPrompt(prompt.id, prompt.language, prompt.category, prompt.text, built_in, good="")
    custom = [check for check in prompt.checks if check["kind"] in functions]
    return [
        *run_checks(everyday, answer),
        *(_by_function(prompt.id, answer, check, functions[check["kind"]]) for check in custom),
    ]


def _by_function(id: str, answer: str, check: dict[str, Any], path: str) -> Verdict:
    function = load_function(path, OWN_CHECKS_FIELD)
    try:
        passed = function(answer, dict(check))
    except RowError as error:
        return Verdict(id, path, False, 0.0, str(error))
    if not isinstance(passed, bool):
        raise function.wrong(passed, "True or False")
    return Verdict(id, path, passed, float(passed), "" if passed else f"the check {check['kind']} did not pass")
