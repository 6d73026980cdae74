"""Progress with an ETA on standard error, for everything over two seconds; and the package's messages beside it.

Messages go through `logging`, under the names of their modules. Who imports the package sets logging up as they like; a
command line of ours calls `messages_on_stderr`.
"""

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from tqdm import tqdm

from secondhalf.errors import UserError
from secondhalf.output import printable

_QUIET, _EVERY = 2.0, 10.0  # seconds
_EVERY_IN_RUN = 600.0  # a log has a line a stage; one that takes hours still gives a sign of life
_RUN: list[str] = []  # while a run's stages are made: "3/9", the stage that it is at
_LOG = logging.getLogger(__name__)


class Progress:
    """A bar on a terminal; elsewhere, in a log, a line every ten seconds, within a run one a stage. Shows nothing in the first
    two seconds."""

    def __init__(self, label: str, total: int | None, unit: str) -> None:
        self._label, self._total, self._unit = printable(" ".join([*_RUN, label])), total, unit
        self._every = _EVERY_IN_RUN if _RUN else _EVERY
        self._done, self._figures = 0, ""
        self._start = self._last_line = time.monotonic()
        self._bar: Any = None
        if sys.stderr.isatty():
            self._bar = tqdm(
                total=total or None, desc=self._label, unit=f" {unit}", delay=_QUIET, dynamic_ncols=True, leave=not _RUN
            )

    def advance(self, count: int = 1, **figures: float | int | str) -> None:
        """Moves on by `count`; the figures stand behind the bar."""
        figures = {name: printable(value) if isinstance(value, str) else value for name, value in figures.items()}
        if self._bar is not None:
            if figures:
                self._bar.set_postfix(figures, refresh=False)
            self._bar.update(count)
            return
        self._done += count
        self._figures = ", ".join(f"{name}={value}" for name, value in figures.items()) or self._figures
        now = time.monotonic()
        if now - self._start >= _QUIET and (
            now - self._last_line >= self._every or (self._last_line == self._start and not _RUN)
        ):
            self._last_line = now
            self._tell(now)

    def _tell(self, now: float) -> None:
        meter = tqdm.format_meter(
            self._done, self._total or None, now - self._start, prefix=self._label, unit=f" {self._unit}",
            postfix=self._figures, ncols=0,
        )  # fmt: skip
        _LOG.info("%s", meter)

    def say(self, sentence: str) -> None:
        """A message of its own, above the bar."""
        _LOG.info("%s: %s", self._label, sentence)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()


@contextmanager
def stage_of_run(number: int, stages: int, title: str) -> Iterator[None]:
    """Within it a stage of a whole run is made: its bars say "3/9" and leave no line behind; a log has one line when it is done.

    A stage that takes less than two seconds is silent. Not for several threads at once.
    """
    before, start = list(_RUN), time.monotonic()
    _RUN[:] = [f"{number}/{stages}"]
    try:
        yield
    except UserError as error:
        error.stage = error.stage or title
        raise
    finally:
        _RUN[:] = before
    seconds = time.monotonic() - start
    if seconds >= _QUIET and not sys.stderr.isatty():
        _LOG.info("%d/%d %s: done in %s", number, stages, printable(title), tqdm.format_interval(seconds))


@contextmanager
def messages_on_stderr(spoken: Callable[[str], str] = str) -> Iterator[None]:
    """Within it the package's messages are lines on standard error, above a bar where one is drawn; a warning begins with
    the package's name. `spoken`: says a message in the user's language."""
    log, handler = logging.getLogger("secondhalf"), _AboveTheBar()
    handler.setFormatter(_Named(spoken))
    before = log.level, log.propagate
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False  # some libraries set up the root's handlers, which would say everything twice
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.level, log.propagate = before


class _AboveTheBar(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        try:
            tqdm.write(printable(self.format(record)), file=sys.stderr)
        except Exception:
            self.handleError(record)


class _Named(logging.Formatter):
    def __init__(self, spoken: Callable[[str], str]) -> None:
        super().__init__()
        self._spoken = spoken

    def format(self, record: logging.LogRecord) -> str:
        message = self._spoken(super().format(record))
        return f"secondhalf: {message}" if record.levelno >= logging.WARNING else message
