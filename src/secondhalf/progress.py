"""Progress with an ETA on standard error, for everything over two seconds."""

import sys
from types import TracebackType
from typing import Any, Self

from tqdm import tqdm


class Progress:
    """A bar on a terminal; elsewhere a line every ten seconds. Shows nothing in the first two seconds."""

    def __init__(self, label: str, total: int | None, unit: str) -> None:
        terminal = sys.stderr.isatty()
        self._bar: Any = tqdm(
            total=total, desc=label, unit=f" {unit}", file=sys.stderr, delay=2, dynamic_ncols=terminal, leave=terminal,
            mininterval=0.2 if terminal else 10, maxinterval=1 if terminal else 20, ascii=not terminal,
        )  # fmt: skip

    def advance(self, count: int = 1, **figures: float | int | str) -> None:
        """Moves on by `count`; the figures stand behind the bar."""
        if figures:
            self._bar.set_postfix(figures, refresh=False)
        self._bar.update(count)

    def say(self, sentence: str) -> None:
        """A line of its own, above the bar."""
        tqdm.write(f"{self._bar.desc.removesuffix(': ')}: {sentence}", file=sys.stderr)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.close()
