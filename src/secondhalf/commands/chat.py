"""Talk to an arm of a run: each turn is answered by itself, as in training and evaluation."""

import argparse
import sys

from secondhalf.api import find_run
from secondhalf.models.finish import has_ended
from secondhalf.models.generation.student import StudentModel
from secondhalf.models.weights.convert import student_folder
from secondhalf.output import print_text
from secondhalf.runs import Run
from secondhalf.runs.trained import arm_settings, find_student, trained_arm


def main(options: argparse.Namespace) -> None:
    """Talks to an arm of a run."""
    run = find_run(options.run, runs=options.runs, store=options.store)
    chat(run, options.arm, options.seed, options.max_tokens, options.temperature)


def chat(run: Run, arm: str, seed: int | None, max_tokens: int, temperature: float) -> None:
    """Reads questions from standard input until it ends, and prints the answers. Raises UserError for an untrained arm."""
    chosen = arm_settings(run, arm)
    if chosen.trained:
        trained = trained_arm(run, arm, seed)
        model = StudentModel(trained.model or trained.base)
        model.use(trained.adapter)
    else:
        student = find_student(run, chosen.student)
        model = StudentModel(student_folder(student.path, student.identity))
        model.use(None)
    template = chosen.train.template
    terminal = sys.stdin.isatty()
    if terminal:
        print_text(f"{run.folder.name}, arm {arm}. Each question is answered by itself; an empty line ends.")
    for turn, line in enumerate(iter(lambda: _question(terminal), "")):
        tokens = template.encode_prompt(model.tokenizer, line)
        [(text, finish, _)] = model.generate(
            [tokens], max_tokens=max_tokens, temperature=temperature, seed=turn,
            stop_ids=template.stop_ids(model.tokenizer), stop_text=template.frame(model.tokenizer).stop,
        )  # fmt: skip
        print_text(text + ("" if has_ended(finish) else " [cut at the length limit]"))


def _question(terminal: bool) -> str:
    if terminal:
        print_text("> ", end="")
    return sys.stdin.readline().strip()
