"""Talk to the arms of a run: a conversation in turns, written as it comes.

Students are trained and evaluated on single turns: `/reset` before a question asks it as evaluation does.
"""

import argparse
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from secondhalf.api import find_run
from secondhalf.errors import UserError
from secondhalf.models.chat.template import Template
from secondhalf.models.finish import has_ended
from secondhalf.models.generation.student import GeneratedAnswer, StudentModel
from secondhalf.models.weights.context_length import max_context
from secondhalf.models.weights.convert import student_folder
from secondhalf.output import print_json, print_text
from secondhalf.report.terminal import spoken
from secondhalf.runs import Label, Run
from secondhalf.runs.trained import arm_settings, find_student, trained_arm
from secondhalf.text.nearest import hint

_COMMAND = re.compile(r"/([a-z]+)(?: +(\S+))?")
_COMMANDS = ("reset", "arm", "quit")


def main(options: argparse.Namespace) -> None:
    """Reads questions from standard input until it ends, and prints the answers."""
    run = find_run(options.run, runs=options.runs, store=options.store)
    chat = Chat(run, options.max_tokens, options.temperature)
    chat.choose(options.arm, options.seed)
    say = partial(spoken, language=run.recipe.report.language)
    terminal = sys.stdin.isatty() and not options.json
    if terminal:
        arms = ", ".join(run.recipe.arms)
        print_text(
            say(
                f"{run.folder.name}, arm {options.arm}. /reset forgets what was said, /arm NAME asks another arm ({arms}),"
            )
        )
        print_text(say("/quit ends. Ctrl-C ends an answer that is being written."))
    while (line := _question(terminal)) is not None:
        if line:
            _answer(chat, line, say, as_json=options.json)
        if chat.ended:
            return


@dataclass
class Chat:
    """A conversation: whose answer comes next, and what was said, the user's texts and the model's in turn."""

    run: Run
    max_tokens: int
    temperature: float
    arm: str = ""
    turns: list[str] = field(default_factory=list)
    ended: bool = False
    _model: StudentModel | None = None
    _student: str = ""
    _prompts: int = 0

    def choose(self, arm: str, seed: int | None = None) -> None:
        """Has this arm answer from here on. Raises UserError for one that the run does not have, or has not trained."""
        settings = arm_settings(self.run, arm)
        if settings.trained:
            trained = trained_arm(self.run, arm, seed)
            folder, adapter = trained.model or trained.base, trained.adapter
        else:
            student = find_student(self.run, settings.student)
            folder, adapter = student_folder(student.path, student.identity), None
        if self._model is None or self._student != str(folder):
            self._model = None  # memory need not hold two
            self._model, self._student = StudentModel(folder), str(folder)
        self._model.use(adapter)
        self._model.temperature = self._fitted(arm) if settings.temperature == "fitted" else settings.temperature
        self.arm = arm

    def _fitted(self, arm: str) -> float:
        """What the logits of an untouched student at its best sharpness are divided by; 1 where that is not fitted yet."""
        stage = self.run.stages().get(Label("temperature", arm=arm))
        return float(stage.manifest["temperature"]) if stage and stage.whole else 1.0

    def command(self, name: str, argument: str) -> str:
        """Does what /NAME says; returns what to tell. Raises UserError for an arm that cannot answer."""
        if name == "quit":
            self.ended = True
            return ""
        if name == "reset":
            self.turns.clear()
            return "What was said is forgotten."
        if name == "arm" and argument:
            self.choose(argument)
            return f"{argument} answers from here on, and knows what was said."
        known = f"there is no /{name}{hint(name, _COMMANDS)}" if name not in _COMMANDS else "write /arm NAME."
        return f"[{known}]"

    def answer(self, question: str, show: Callable[[str], object]) -> tuple[str, str]:
        """The next answer and its finish reason, "interrupted" after a Ctrl-C; `show` gets its text piece by piece.

        Raises UserError for a question that does not fit the student's context.
        """
        model, template = self._model, self.run.recipe.arms[self.arm].train.template
        assert model is not None
        ids = self._ids(model, template, [*self.turns, question])
        stream = AnswerStream(model, template, show)
        self._prompts += 1
        try:
            answers: list[GeneratedAnswer] = model.generate(
                [ids], max_tokens=self.max_tokens, temperature=self.temperature, seed=self._prompts - 1,
                stop_ids=template.stop_ids(model.tokenizer), stop_text=stream.stop_text, on_tokens=stream.tokens,
            )  # fmt: skip
            [(text, finish, _)] = answers
        except KeyboardInterrupt:
            text, finish = stream.text, "interrupted"
        stream.end(text)
        self.turns += [question, text]
        return text, finish

    def _ids(self, model: StudentModel, template: Template, turns: list[str]) -> list[int]:
        """Token ids of as many turns, the last ones, as leave room for an answer."""
        limit = max_context(model.model)
        while True:
            ids = template.encode_turns(model.tokenizer, turns)
            if limit is None or len(turns) == 1 or len(ids) + self.max_tokens <= limit:
                return ids
            turns, self.turns = turns[2:], self.turns[2:]


class AnswerStream:
    """The text of an answer while its tokens come: only what no later token can change is shown."""

    def __init__(self, model: StudentModel, template: Template, show: Callable[[str], object]) -> None:
        self._tokenizer, self._show = model.tokenizer, show
        self._stops = set(template.stop_ids(model.tokenizer))
        self.stop_text = template.frame(model.tokenizer).stop
        self.text = ""
        """What was shown."""

    def tokens(self, tokens: list[int]) -> None:
        """Shows what is new in all tokens so far."""
        kept = [token for token in tokens if token not in self._stops]
        text = str(self._tokenizer.decode(kept, skip_special_tokens=True)).lstrip()
        if self.stop_text:
            text = text.partition(self.stop_text)[0]
            begun = (size for size in range(len(self.stop_text) - 1, 0, -1) if text.endswith(self.stop_text[:size]))
            text = text[: len(text) - next(begun, 0)]
        self.end(text.rstrip("\ufffd").rstrip())  # a character may need another token

    def end(self, text: str) -> None:
        """Shows the rest of the text."""
        if text.startswith(self.text) and text != self.text:
            self._show(text[len(self.text) :])
            self.text = text


def _answer(chat: Chat, line: str, say: Callable[[str], str], *, as_json: bool) -> None:
    """Does a command, or answers a question; what is wrong with one ends no chat."""
    try:
        if command := _COMMAND.fullmatch(line):
            message = chat.command(command[1], command[2] or "")
            if message and not as_json:
                print_text(say(message))
            elif message:
                print_json({"arm": chat.arm, "message": message})
            return
        text, finish = chat.answer(line, (lambda _: None) if as_json else (lambda piece: print_text(piece, end="")))
    except UserError as error:
        if not sys.stdin.isatty():
            raise
        print_text(f"[{say(str(error))}]")
        return
    if as_json:
        print_json({"arm": chat.arm, "answer": text, "finish": finish})
        return
    cut = {"interrupted": " [stopped]"}.get(finish, " [cut at the length limit]")
    print_text("" if has_ended(finish) else say(cut))


def _question(terminal: bool) -> str | None:
    """The next line; None at the end, and at Ctrl-C where no answer is being written."""
    if terminal:
        print_text("> ", end="")
    try:
        line = sys.stdin.readline()
    except KeyboardInterrupt:
        print_text("")
        return None
    return line.strip() if line else None
