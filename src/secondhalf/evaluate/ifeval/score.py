"""The verdict on every instruction of a prompt, strict and loose, and the accuracies over many prompts (section 3.1).

strict: the answer as it is. loose: the answer passes when any of eight versions of it does: with or without its first
line, its last line and its stars. An answer that is blank follows nothing.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from secondhalf.errors import UserError
from secondhalf.evaluate.ifeval.instructions import find_check
from secondhalf.evaluate.ifeval.prompts import IFEvalPrompt

IFEVAL_VERSION = 2  # raised by hand when a verdict's meaning changes


class InstructionVerdict(NamedTuple):
    """Whether one instruction was followed."""

    instruction: str
    strict: bool
    loose: bool


def check_response(prompt: IFEvalPrompt, response: str) -> list[InstructionVerdict]:
    """A verdict for each instruction, in the prompt's order. Raises UserError for an instruction that is not known."""
    others = [version for version in versions(response)[1:] if version.strip()]
    verdicts = []
    for id, arguments in zip(prompt.instructions, prompt.arguments, strict=True):
        function = find_check(id, arguments)
        strict = bool(response.strip()) and function(response, **arguments)
        loose = strict or any(function(version, **arguments) for version in others)
        verdicts.append(InstructionVerdict(id, strict, loose))
    return verdicts


def versions(response: str) -> list[str]:
    """The answer as it is, without its stars, and both without the first line, the last line, and the two of them."""
    lines = response.split("\n")
    cut = [response, *("\n".join(part).strip() for part in (lines[1:], lines[:-1], lines[1:-1]))]
    return list(dict.fromkeys(version for text in cut for version in (text, text.replace("*", ""))))


def accuracies(judged: Iterable[Sequence[InstructionVerdict]]) -> dict[str, float]:
    """The benchmark's four accuracies: at prompt level a prompt counts once, at instruction level an instruction does."""
    prompts = list(judged)
    instructions = [verdict for verdicts in prompts for verdict in verdicts]
    if not instructions:
        raise UserError("There is no response to score: check the file.")
    return {
        "prompt_strict": sum(all(verdict.strict for verdict in verdicts) for verdicts in prompts) / len(prompts),
        "prompt_loose": sum(all(verdict.loose for verdict in verdicts) for verdicts in prompts) / len(prompts),
        "instruction_strict": sum(verdict.strict for verdict in instructions) / len(instructions),
        "instruction_loose": sum(verdict.loose for verdict in instructions) / len(instructions),
    }


def verify_instructions(prompts: Iterable[IFEvalPrompt]) -> None:
    """Raises UserError, naming the row, for an instruction that is unknown or whose arguments do not fit it.

    Each is tried on a short text: a relation that does not exist, or a missing package, is an error before a model answers.
    """
    for prompt in prompts:
        for id, arguments in zip(prompt.instructions, prompt.arguments, strict=True):
            try:
                find_check(id, arguments)("a", **arguments)
            except UserError as error:
                raise UserError(f"{prompt.source}: {str(error).rstrip('.')}.") from error
            except (ArithmeticError, LookupError, ValueError) as error:  # a step of 0, a letter that is none
                raise UserError(
                    f"{prompt.source}: {id}: no answer can be checked by its kwargs ({error}); correct them."
                ) from error
