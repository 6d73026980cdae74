"""Progress with an ETA on standard error, for everything over two seconds; and the package's messages beside it.

Messages go through `logging`, under the names of their modules. Who imports the package sets logging up as they like; a
command line of ours calls `messages_on_stderr`.
"""

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Self

from tqdm import tqdm

from secondhalf.output import printable

_QUIET, _EVERY = 2.0, 10.0  # seconds
_LOG = logging.getLogger(__name__)


class Progress:
    """A bar on a terminal; elsewhere, in a log, a line every ten seconds. Shows nothing in the first two seconds."""

    def __init__(self, label: str, total: int | None, unit: str) -> None:
        self._label, self._total, self._unit = printable(label), total, unit
        self._done, self._figures = 0, ""
        self._start = self._last_line = time.monotonic()
        self._bar: Any = None
        if sys.stderr.isatty():
            self._bar = tqdm(total=total or None, desc=self._label, unit=f" {unit}", delay=_QUIET, dynamic_ncols=True)

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
        if now - self._start >= _QUIET and (now - self._last_line >= _EVERY or self._last_line == self._start):
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
def messages_on_stderr() -> Iterator[None]:
    """Within it the package's messages are lines on standard error, above a bar where one is drawn; a warning begins with
    the package's name."""
    log, handler = logging.getLogger("secondhalf"), _AboveTheBar()
    handler.setFormatter(_Named())
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
    def format(self, record: logging.LogRecord) -> str:
        message = super().format(record)
        return f"secondhalf: {message}" if record.levelno >= logging.WARNING else message
