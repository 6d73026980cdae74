"""How far the judges of a run can be trusted: told beside their figures."""

from collections.abc import Callable

from secondhalf import statistics
from secondhalf.analysis.facts import Account, Span
from secondhalf.analysis.self_preference import grades, self_preference
from secondhalf.evaluate.arena_hard import read_battles
from secondhalf.evaluate.judge.family import family, same_family
from secondhalf.recipe import Recipe
from secondhalf.report.words import WORDS, fill
from secondhalf.runs import Label
from secondhalf.statistics.agreement import kappa, odds_per_doubling
from secondhalf.store import Stage

Games = dict[str, dict[int, float | None]]  # an item's two games: the step in favour of the better answer
_LEAST_READ, _MOST_FLIPS = 0.9, 0.3


def accounts(recipe: Recipe, stages: dict[Label, Stage]) -> list[Account]:
    """One account a judge; none where nothing is judged."""
    account = stages.get(Label("account"))
    if account is None:
        return []
    games = {judge.model: Games() for judge in recipe.evaluate.judging.judges}
    for row in account.read().to_pylist():
        games[row["judge"]].setdefault(row["id"], {})[row["game"]] = row["step"]
    length = _length(stages)
    given = grades(recipe, stages)
    families = {name: family(recipe.students[arm.student]) for name, arm in recipe.arms.items()}
    return [_account(judge, games, length, self_preference(judge, given, families), recipe, stages) for judge in games]


def _account(
    judge: str,
    games: dict[str, Games],
    length: Span | None,
    own: Span | None,
    recipe: Recipe,
    stages: dict[Label, Stage],
) -> Account:
    held = _both_read(games[judge])
    right = _span(held, lambda one, two: (_won(one) + _won(two)) / 2)
    flips = _span(held, lambda one, two: float(_won(one) != _won(two)))
    # The worse answer stands first in the first game, the better one in the second.
    first = _span(held, lambda one, two: (1 - _won(one) + _won(two)) / 2)
    read = _read(judge, stages)
    agree: dict[str, Span] = {}
    for other, theirs in games.items():
        both = sorted(held.keys() & _both_read(theirs).keys())
        if other != judge and len(both) > 1:
            mine, yours = ([_won(x) for id in both for x in _both_read(g)[id]] for g in (games[judge], theirs))
            found = kappa(mine, yours)
            agree[other] = Span(mean=found.mean, low=found.low, high=found.high, count=len(both))
    return Account(
        judge=judge.partition("#")[0], items=len(games[judge]), read=read, right=right, flips=flips, first=first,
        agree={other.partition("#")[0]: span for other, span in agree.items()},
        length=length if len(games) == 1 else None, own=own,
        warnings=_warnings(judge, right, flips, read, recipe),
    )  # fmt: skip


def _warnings(judge: str, right: Span | None, flips: Span | None, read: float, recipe: Recipe) -> list[str]:
    words, language = WORDS[recipe.report.language], recipe.report.language
    teachers = {data.teach.model for data in recipe.data.values() if data.taught}
    told = [same_family(judge, teacher, language) for teacher in sorted(teachers)]
    if right is None or right.low <= 0.5:
        told.append(words["judge_blind"])
    if read < _LEAST_READ:
        told.append(fill(words["judge_unread"], share=f"{100 * read:.0f}"))
    if flips is not None and flips.low > _MOST_FLIPS:
        told.append(words["judge_flips"])
    return [sentence for sentence in dict.fromkeys(told) if sentence]


def _read(judge: str, stages: dict[Label, Stage]) -> float:
    """The share of a judge's judgments of the run's answers that could be read."""
    told = [stage.manifest for label, stage in stages.items() if label.stage == "benchmark"]
    judged = [one for one in told if judge in one.get("read", {})]
    asked = sum(one["judged"] for one in judged)
    return sum(one["read"][judge] for one in judged) / asked if asked else 1.0


def _length(stages: dict[Label, Stage]) -> Span | None:
    """How the odds of winning rise with an answer's length, over all battles of the run."""
    battles = [
        battle for label, stage in stages.items() if label.stage == "benchmark" and label.benchmark == "arena_hard"
        for battle in read_battles("arm", stage)
    ]  # fmt: skip
    if len(battles) < 20:
        return None
    found = odds_per_doubling([1 - b.won for b in battles], [(b.style[1][0], b.style[0][0]) for b in battles])
    return Span(mean=found.mean, low=found.low, high=found.high, count=len(battles))


def _both_read(games: Games) -> dict[str, tuple[float, float]]:
    return {
        id: (one, two)
        for id, played in games.items()
        if (one := played.get(1)) is not None and (two := played.get(2)) is not None
    }


def _span(held: dict[str, tuple[float, float]], value: Callable[[float, float], float]) -> Span | None:
    if len(held) < 2:
        return None
    found = statistics.estimate([value(*held[id]) for id in sorted(held)])
    return Span(mean=found.mean, low=found.low, high=found.high, count=found.prompts)


def _won(step: float) -> float:
    return 0.5 if step == 0 else float(step > 0)
