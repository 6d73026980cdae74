"""Checks of whole texts: a question before it is answered, an answer when it is written. One that raises has an outcome too."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import replace

from secondhalf.audit.loops import check_loops
from secondhalf.clean.personal.findings import find_personal
from secondhalf.evaluate.safety.toxicity import Toxicity
from secondhalf.extensions.path import dotted
from secondhalf.extensions.verdicts import verdicts_of
from secondhalf.models.reference import resolve
from secondhalf.rows import Pair
from secondhalf.serve.checks.marker_stream import has_marker
from secondhalf.serve.checks.outcome import CheckOutcome, failed
from secondhalf.serve.checks.recited import RecitedPassages
from secondhalf.serve.checks.threads import DaemonThreads
from secondhalf.serve.settings import OwnCheck, ServeSettings
from secondhalf.text.language import count_words, detect
from secondhalf.text.next_turn import has_next_turn

_LOG = logging.getLogger(__name__)
_THREADS = 8  # in which checks run; where all of them hang, each check is one that took too long
_CERTAIN, _WORDS = 0.8, 4  # of the language of question and answer, and words below which it is not asked for
Check = Callable[[Pair], Iterable[CheckOutcome]]


class TextChecks:
    """The checks of one arm. `recited`: passages of its training texts; None where nobody asks for them."""

    def __init__(self, settings: ServeSettings, recited: RecitedPassages | None, toxicity: Toxicity | None) -> None:
        self._settings, self._recited, self._toxicity = settings, recited, toxicity
        # One that hangs must hold up neither requests nor the endpoint's end.
        self._threads = DaemonThreads(_THREADS, "checks")
        given, out = settings.input, settings.output
        self._of_input: dict[str, Check | None] = {
            "toxicity": self._toxic("prompt", given.toxicity),
            **{check.function: _own(check, "input.own") for check in given.own},
        }
        self._of_output: dict[str, Check | None] = {
            "personal": self._personal if out.personal in {"flag", "block"} else None,
            "template": self._template if out.template in {"flag", "block"} else None,
            "next_turn": self._next_turn if out.next_turn in {"flag", "block"} else None,
            "loops": self._loops if out.loops != "off" else None,
            "recited": self._recites if out.recited != "off" and recited else None,
            "language": self._language if out.language != "off" else None,
            "toxicity": self._toxic("response", out.toxicity),
            **{check.function: _own(check, "output.own") for check in out.own},
        }
        blocking = {"personal", "template", "next_turn", "loops", "recited"}
        self._on_the_way = {
            name: check for name, check in self._of_output.items()
            if name in blocking and check is not None and getattr(out, name) == "block"
        }  # fmt: skip

    @property
    def on_the_way(self) -> bool:
        """Whether a part of an answer has to be examined before it is sent."""
        return bool(self._on_the_way)

    async def of_input(self, pair: Pair) -> list[CheckOutcome]:
        """What the checks of a question found; pair.response is empty."""
        return await self._all(self._of_input, pair)

    async def of_output(self, pair: Pair) -> list[CheckOutcome]:
        """What the checks of an answer found."""
        return await self._all(self._of_output, pair)

    def of_part(self, pair: Pair) -> list[CheckOutcome]:
        """What those checks that block found in an answer so far: the cheap ones alone."""
        return [outcome for name, check in self._on_the_way.items() for outcome in self._run(name, check, pair)]

    async def _all(self, checks: dict[str, Check | None], pair: Pair) -> list[CheckOutcome]:
        def work() -> list[CheckOutcome]:
            return [one for name, check in checks.items() if check for one in self._run(name, check, pair)]

        if not any(checks.values()):
            return []
        try:
            async with asyncio.timeout(self._settings.check_seconds):
                return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except TimeoutError:
            return [self._broken(pair.id, "checks", f"took longer than {self._settings.check_seconds:g} s")]

    def _run(self, name: str, check: Check, pair: Pair) -> list[CheckOutcome]:
        try:
            return list(check(pair))
        except Exception as error:  # never silence: the operator says what follows
            # Its words may quote the text, which no log has unless it is asked for.
            message = f": {error}" if self._settings.log_texts else " (log_texts: true writes out what it said)"
            _LOG.error("The check %s raised %s%s", name, type(error).__name__, message)
            return [self._broken(pair.id, name, f"raised {type(error).__name__}")]

    def _broken(self, id: str, name: str, how: str) -> CheckOutcome:
        return failed(id, f"{name} failed", self._settings.failed_check, 0.0, f"the check {how}")

    def _personal(self, pair: Pair) -> Iterable[CheckOutcome]:
        spans = find_personal(pair.response, self._settings.personal)
        if spans:
            kinds = ", ".join(sorted({span.kind.replace("_", " ") for span in spans}))
            yield failed(pair.id, "personal", self._settings.output.personal, len(spans), f"personal data: {kinds}")

    def _template(self, pair: Pair) -> Iterable[CheckOutcome]:
        if has_marker(pair.response):
            yield failed(
                pair.id, "template", self._settings.output.template, 1.0, "a marker of a turn is in the answer"
            )

    def _next_turn(self, pair: Pair) -> Iterable[CheckOutcome]:
        if has_next_turn(pair.response):
            yield failed(pair.id, "next_turn", self._settings.output.next_turn, 1.0, "the answer goes on as the user")

    def _loops(self, pair: Pair) -> Iterable[CheckOutcome]:
        verdict = check_loops(pair, self._settings.output.loop_share)
        if not verdict.passed:
            yield CheckOutcome(verdict, self._settings.output.loops)

    def _recites(self, pair: Pair) -> Iterable[CheckOutcome]:
        passage = self._recited.longest(pair.response, pair.prompt) if self._recited else ""
        if passage:
            reason = f"{len(passage)} characters of the training texts"
            yield failed(pair.id, "recited", self._settings.output.recited, len(passage), reason)

    def _language(self, pair: Pair) -> Iterable[CheckOutcome]:
        if min(count_words(pair.prompt), count_words(pair.response)) < _WORDS:
            return
        (asked, sure), (answered, certain) = detect(pair.prompt), detect(pair.response)
        if asked and answered and asked != answered and min(sure, certain) >= _CERTAIN:
            reason = f"the answer is in {answered}, the question in {asked}"
            yield failed(pair.id, "language", self._settings.output.language, certain, reason)

    def _toxic(self, field: str, action: str) -> Check | None:
        if action == "off":
            return None

        def check(pair: Pair) -> Iterable[CheckOutcome]:
            if self._toxicity is None:
                raise RuntimeError("no classifier is loaded")
            [probability] = self._toxicity([getattr(pair, field)])
            if probability > self._settings.toxicity.limit:
                yield failed(pair.id, "toxicity", action, probability, "toxic by the classifier")

        return check


def _own(check: OwnCheck, field: str) -> Check | None:
    if check.action == "off":
        return None

    def run(pair: Pair) -> Iterable[CheckOutcome]:
        for verdict in verdicts_of(pair, check.function, f"{field}.function"):
            if not verdict.passed:
                if verdict.reason.startswith(f"{dotted(check.function)} raised "):
                    raise RuntimeError(verdict.reason)
                yield CheckOutcome(replace(verdict, id=pair.id), check.action)

    return run


def load_toxicity(settings: ServeSettings) -> Toxicity | None:
    """The classifier where a check needs it. Raises UserError where none is named or it is none."""
    if settings.input.toxicity == settings.output.toxicity == "off":
        return None
    return Toxicity(resolve(settings.toxicity.model).path, settings.toxicity.label)
