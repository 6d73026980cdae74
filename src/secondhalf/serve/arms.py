"""The arms behind one endpoint: which model a request means, and which arm answers it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from secondhalf.errors import UserError
from secondhalf.rows import digest
from secondhalf.serve.checks.texts import TextChecks
from secondhalf.serve.engines.generation import Engine, ExpectedAnswer
from secondhalf.serve.errors import ApiError


@dataclass(frozen=True)
class ServedArm:
    """An arm with what answers for it and what is checked."""

    name: str
    engine: Engine
    checks: TextChecks
    expected: Sequence[ExpectedAnswer] = ()
    """What it must answer before the port opens."""


class ServedArms:
    """The arms of a run. RUN means any of them, by their shares of traffic; RUN:ARM that one."""

    def __init__(self, run: str, arms: Mapping[str, ServedArm], shares: Mapping[str, float]) -> None:
        """`shares`: of each arm, which make up 1."""
        self.run, self.arms, self.shares = run, dict(arms), dict(shares)

    def models(self) -> list[str]:
        """The names that a request may give."""
        return [self.run, *(self.model(arm) for arm in self.arms)]

    def model(self, arm: str) -> str:
        """The name of one arm."""
        return f"{self.run}:{arm}"

    def choose(self, model: str, request: str) -> ServedArm:
        """The arm for a request, by a hash of its id. Raises ApiError, status 404, for a model that is none of these."""
        if model == self.run:
            place = int(digest("canary", request), 16) / 16**32
            for name, share in self.shares.items():
                place -= share
                if place < 0:
                    return self.arms[name]
            return self.arms[next(iter(self.arms))]
        for name, arm in self.arms.items():
            if model == self.model(name):
                return arm
        words = f"There is no model {model[:100]} here; there are {', '.join(self.models())}."
        raise ApiError(404, words, code="model_not_found", param="model")


def read_shares(arms: list[str]) -> dict[str, float]:
    """ARM or ARM=SHARE of the command line as shares that make up 1; those without one divide the rest.

    Raises UserError for a share that is none, and for shares that do not make up 1.
    """
    shares: dict[str, float | None] = {}
    for text in arms:
        name, equals, share = text.partition("=")
        try:
            value = float(share) if equals else None
        except ValueError:
            value = -1.0
        if not name or name in shares or (value is not None and not 0 < value <= 1):
            raise UserError(f"--arm {text[:80]}: write ARM, or ARM=SHARE with a share above 0 up to 1, each arm once.")
        shares[name] = value
    given, rest = (
        sum(share or 0 for share in shares.values()),
        [name for name, share in shares.items() if share is None],
    )
    if given > 1 + 1e-9 or (rest and given >= 1) or (not rest and abs(given - 1) > 1e-9):
        raise UserError(
            f"--arm: the shares make up {given:g}: name less than 1 and one arm without a share, or exactly 1."
        )
    return {name: (1 - given) / len(rest) if share is None else share for name, share in shares.items()}
