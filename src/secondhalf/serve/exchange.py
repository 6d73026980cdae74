"""One request from its arm to its answer: input checks, the engine, the guard of the answer, and the account of it."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from secondhalf.clean.personal.findings import find_personal
from secondhalf.serve.answer_guard import AnswerGuard, pair_of
from secondhalf.serve.arms import ServedArm
from secondhalf.serve.checks.outcome import CheckOutcome, failed
from secondhalf.serve.checks.personal_stream import mask_whole
from secondhalf.serve.engines.generation import GenerationRequest
from secondhalf.serve.errors import ApiError
from secondhalf.serve.kept.database import KeptRequest, utc_now
from secondhalf.serve.keys import ClientKey
from secondhalf.serve.metrics import ServeMetrics
from secondhalf.serve.settings import ServeSettings

_LOG = logging.getLogger(__name__)
_LONG = 4000  # characters of a question that are gone through at once
CLIENT_LEFT = 499
"""The status, in logs and figures alone, of a request whose client left before its answer was whole."""


@dataclass
class Exchange:
    """One request. `pieces` answers it; when it is over `close` settles what was found, and `account` says what became of it."""

    id: str
    key: ClientKey
    arm: ServedArm
    asked: GenerationRequest
    settings: ServeSettings
    begun: float = field(default_factory=time.monotonic)
    first_text: float | None = None
    finish: str = ""
    """"stop", "length", "content_filter"; "" until it is over."""
    prompt_tokens: int = 0
    answer_tokens: int = 0
    found: list[tuple[str, CheckOutcome]] = field(default_factory=list)
    """What did not pass, each with its side."""
    written: str = ""
    sent: str = ""
    _guard: AnswerGuard | None = None

    async def check_input(self) -> None:
        """Raises ApiError where a check blocks the request; masks what the model must not read."""
        outcomes = await self._personal_input()
        outcomes += await self.arm.checks.of_input(pair_of(self.id, self.asked.turns[-1], ""))
        self.found += [("input", outcome) for outcome in outcomes]
        if any(outcome.blocks for outcome in outcomes):
            self.finish = "content_filter"
            names = ", ".join(sorted({outcome.verdict.check for outcome in outcomes if outcome.blocks}))
            raise ApiError(400, f"The request was refused by a check: {names}.", code="content_filter")

    async def _personal_input(self) -> list[CheckOutcome]:
        action, turns, seconds = self.settings.input.personal, self.asked.turns, self.settings.check_seconds
        if action == "off":
            return []
        try:
            async with asyncio.timeout(seconds):
                # A long question takes a while, and no short one waits for a thread behind it.
                long = sum(map(len, turns)) > _LONG
                masked = await asyncio.to_thread(self._masked) if long else self._masked()
        except TimeoutError:
            how = f"the check took longer than {seconds:g} s"
            return [failed(self.id, "personal failed", self.settings.failed_check, 0.0, how)]
        except Exception as error:
            _LOG.error("The check personal raised %s", type(error).__name__)
            how = f"the check raised {type(error).__name__}"
            return [failed(self.id, "personal failed", self.settings.failed_check, 0.0, how)]
        if masked is None:
            return []
        self.asked = replace(self.asked, turns=masked)
        return [failed(self.id, "personal", action, 1.0, "personal data in the request")]

    def _masked(self) -> tuple[str, ...] | None:
        """The turns, with masks where that is what is done; None where there is no personal data in them."""
        turns, personal = self.asked.turns, self.settings.personal
        if not any(find_personal(turn, personal) for turn in turns):
            return None
        return tuple(mask_whole(turn, personal) for turn in turns) if self.settings.input.personal == "mask" else turns

    async def pieces(self, stops: list[str]) -> AsyncGenerator[str]:
        """What is sent of the answer, piece by piece; `finish` and the tokens are known when it ends. Raises ApiError."""
        guard = self._guard = AnswerGuard(
            self.settings, self.arm.checks, self.asked.turns[-1], stops, id=self.id, chat=self.asked.chat
        )
        finish = "stop"
        try:
            async with aclosing(self.arm.engine.generate(self.asked)) as deltas:
                async for delta in deltas:
                    self.prompt_tokens, self.answer_tokens = delta.prompt_tokens, delta.answer_tokens
                    if text := guard.feed(delta.text):
                        self.first_text = self.first_text or time.monotonic()
                        yield text
                    if guard.stopped:
                        break
                    finish = delta.finish or finish
            if rest := await guard.end():
                self.first_text = self.first_text or time.monotonic()
                yield rest
            self.finish = "content_filter" if guard.blocked else finish
        finally:
            self.written, self.sent = guard.written, guard.sent

    async def close(self) -> None:
        """Settles what was found, also of an answer that was given up: its text was written, and may have been read."""
        if self._guard:
            if not self.finish and self.written:
                await self._guard.give_up()
            self.found += [("output", outcome) for outcome in self._guard.outcomes]
            self._guard = None

    def account(self, status: int, metrics: ServeMetrics) -> None:
        """Figures and the log's line."""
        now, arm = time.monotonic(), self.arm.name
        metrics.requests.labels(arm, str(status)).inc()
        metrics.tokens.labels(arm, "prompt").inc(self.prompt_tokens)
        metrics.tokens.labels(arm, "answer").inc(self.answer_tokens)
        for side, outcome in self.found:
            metrics.found.labels(outcome.verdict.check, side, outcome.action).inc()
        metrics.whole.observe(now - self.begun)
        if self.first_text is not None:
            metrics.first.observe(self.first_text - self.begun)
        self._log(status, now)

    def to_keep(self) -> KeptRequest | None:
        """What is kept of it, None where nothing is."""
        what = self.settings.keep.what
        if what == "nothing" or (what == "flags" and not self.found):
            return None
        return KeptRequest(
            self.id, utc_now(), self.key.name, self.arm.name, self.asked.turns, self.asked.chat, self.written, self.sent,
            self.finish, self.prompt_tokens, self.answer_tokens, tuple(self.found),
        )  # fmt: skip

    def _log(self, status: int, now: float) -> None:
        line: dict[str, object] = {
            "request": self.id, "key": self.key.name, "arm": self.arm.name, "status": status, "finish": self.finish,
            "prompt_tokens": self.prompt_tokens, "answer_tokens": self.answer_tokens, "seconds": round(now - self.begun, 3),
            "found": [f"{side} {outcome.verdict.check} {outcome.action}" for side, outcome in self.found],
        }  # fmt: skip
        if self.settings.log_texts:
            line |= {"question": self.asked.turns, "answer": self.written, "sent": self.sent}
        _LOG.info("%s", json.dumps(line, ensure_ascii=False))
