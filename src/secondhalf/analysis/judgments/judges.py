"""How far the judges of a run can be trusted: told beside their figures."""

from collections.abc import Callable

from secondhalf import statistics
from secondhalf.analysis.facts import Account, JudgeWarning, Span
from secondhalf.analysis.judgments.self_preference import grades, self_preference
from secondhalf.analysis.tables import RunTables
from secondhalf.evaluate.arena_hard.stage import read_battles
from secondhalf.evaluate.judge.family import model_family, shared_family
from secondhalf.recipe import Recipe
from secondhalf.runs import Label
from secondhalf.statistics.agreement import kappa, odds_per_doubling

Games = dict[str, dict[int, float | None]]  # an item's two games: the step in favour of the better answer
_LEAST_READ, _MOST_FLIPS = 0.9, 0.3


def accounts(tables: RunTables) -> list[Account]:
    """One account a judge; none where nothing is judged."""
    recipe, account = tables.recipe, Label("account")
    if account not in tables:
        return []
    games = {judge.model: Games() for judge in recipe.evaluate.judging.judges}
    for row in tables.rows(account):
        games[row["judge"]].setdefault(row["id"], {})[row["game"]] = row["step"]
    length = _length(tables)
    given = grades(tables)
    families = {name: model_family(recipe.students[arm.student]) for name, arm in recipe.arms.items()}
    return [_account(judge, games, length, self_preference(judge, given, families), tables) for judge in games]


def _account(
    judge: str,
    games: dict[str, Games],
    length: Span | None,
    own: Span | None,
    tables: RunTables,
) -> Account:
    held = _both_read(games[judge])
    right = _span(held, lambda one, two: (_won(one) + _won(two)) / 2)
    flips = _span(held, lambda one, two: float(_won(one) != _won(two)))
    # The worse answer stands first in the first game, the better one in the second.
    first = _span(held, lambda one, two: (1 - _won(one) + _won(two)) / 2)
    read, shared = _read(judge, tables), _shared(judge, tables.recipe)
    agree: dict[str, Span] = {}
    for other, theirs in games.items():
        both = sorted(held.keys() & _both_read(theirs).keys())
        if other != judge and len(both) > 1:
            mine, yours = ([_won(x) for id in both for x in _both_read(g)[id]] for g in (games[judge], theirs))
            agreement = kappa(mine, yours)
            agree[other] = Span(mean=agreement.mean, low=agreement.low, high=agreement.high, count=len(both))
    return Account(
        judge=judge.partition("#")[0], items=len(games[judge]), read=read, right=right, flips=flips, first=first,
        agree={other.partition("#")[0]: span for other, span in agree.items()},
        length=length if len(games) == 1 else None, own=own,
        family=shared, warnings=_warnings(shared, right, flips, read),
    )  # fmt: skip


def _shared(judge: str, recipe: Recipe) -> str:
    """The family that the judge shares with a teacher of the run; "" where it shares none."""
    teachers = [model for data in recipe.data.values() if data.taught for model in data.teach.models]
    return next(filter(None, (shared_family(judge, teacher) for teacher in teachers)), "")


def _warnings(shared: str, right: Span | None, flips: Span | None, read: float) -> list[JudgeWarning]:
    warnings: list[JudgeWarning] = ["same_family"] if shared else []
    if right is None or right.low <= 0.5:
        warnings.append("blind")
    if read < _LEAST_READ:
        warnings.append("unread")
    if flips is not None and flips.low > _MOST_FLIPS:
        warnings.append("flips")
    return warnings


def _read(judge: str, tables: RunTables) -> float:
    """The share of a judge's judgments of the run's answers that could be read."""
    manifests = [tables.manifest(label) for label in tables.stages if label.stage == "benchmark"]
    judged = [counts for counts in manifests if judge in counts.get("read", {})]
    total = sum(counts["judged"] for counts in judged)
    return sum(counts["read"][judge] for counts in judged) / total if total else 1.0


def _length(tables: RunTables) -> Span | None:
    """How the odds of winning rise with an answer's length, over all battles of the run."""
    battles = [
        battle
        for arm in tables.recipe.arms
        for label in tables.scored(arm, "arena_hard")
        for battle in read_battles("arm", tables.table(label, "battles"))
    ]
    if len(battles) < 20:
        return None
    odds = odds_per_doubling([1 - b.won for b in battles], [(b.style[1][0], b.style[0][0]) for b in battles])
    return Span(mean=odds.mean, low=odds.low, high=odds.high, count=len(battles))


def _both_read(games: Games) -> dict[str, tuple[float, float]]:
    return {
        id: (one, two)
        for id, played in games.items()
        if (one := played.get(1)) is not None and (two := played.get(2)) is not None
    }


def _span(held: dict[str, tuple[float, float]], value: Callable[[float, float], float]) -> Span | None:
    if len(held) < 2:
        return None
    interval = statistics.estimate([value(*held[id]) for id in sorted(held)], share=True)
    return Span(mean=interval.mean, low=interval.low, high=interval.high, count=interval.prompts)


def _won(step: float) -> float:
    return 0.5 if step == 0 else float(step > 0)
