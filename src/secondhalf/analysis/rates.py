"""Win rates that are no mean over prompts: Bradley-Terry strengths, and rates with style or length set aside."""

from secondhalf.analysis import benchmarks
from secondhalf.analysis.facts import Figure
from secondhalf.analysis.tables import RunTables
from secondhalf.errors import UserError
from secondhalf.evaluate.arena_hard.stage import read_battles
from secondhalf.statistics.bradley_terry import Battle, win_rates
from secondhalf.statistics.length_controlled import Difficulty, length_controlled_rate

_ROUNDS = 300


def rates(tables: RunTables) -> dict[str, list[Figure]]:
    """The figures by arm: arena_hard.rated, arena_hard.styled, alpaca_eval.controlled and, with a file of
    difficulties, alpaca_eval.controlled_difficulty; the battles of all seeds together."""
    figures: dict[str, list[Figure]] = {}
    battles = _battles("arena_hard", tables)
    everyone = [battle for seeds in battles.values() for played in seeds for battle in played]
    for name, styled in (("rated", False), ("styled", True)) if everyone else ():
        for one in win_rates(everyone, "baseline", styled=styled, rounds=_ROUNDS):
            if one.model != "baseline":
                questions = len({battle.question for played in battles[one.model] for battle in played})
                interval = (one.rate, one.low, one.high)
                figure = _figure(f"arena_hard.{name}", one.model, interval, questions, tables)
                figures.setdefault(one.model, []).append(figure)
    for arm, seeds in _battles("alpaca_eval", tables).items():
        answers = [answer for played in seeds for answer in _answers(played)]
        for name, difficulty in (("controlled", None), ("controlled_difficulty", _difficulty(arm, answers, tables))):
            if name != "controlled" and difficulty is None:
                continue
            try:
                rate = length_controlled_rate(
                    [won for won, _, _ in answers], [longer for _, longer, _ in answers], [question for *_, question in answers],
                    difficulty=difficulty, resamples=_ROUNDS,
                )  # fmt: skip
            except UserError:  # too little was judged for a rate
                continue
            interval = (rate.mean, rate.low, rate.high)
            figures.setdefault(arm, []).append(_figure(f"alpaca_eval.{name}", arm, interval, rate.prompts, tables))
    return figures


def _difficulty(arm: str, answers: list[tuple[float, float, str]], tables: RunTables) -> Difficulty | None:
    """How difficult the answered instructions are, where the recipe named a file of it."""
    label = tables.scored(arm, "alpaca_eval")[0]
    if not (rows := tables.rows(label, "difficulty")):
        return None
    by_id = {row["id"]: row["difficulty"] for row in rows}
    baseline = [(row["won"], row["longer"], row["difficulty"]) for row in tables.rows(label, "baseline")]
    return Difficulty([by_id[question] for *_, question in answers], baseline)


def _answers(played: list[Battle]) -> list[tuple[float, float, str]]:
    """Preference for one seed's answers, by how much each is longer, and its question: a row an instruction, as AlpacaEval has.

    An instruction whose two games were not both read is left out, as it is of alpaca_eval.win.
    """
    games: dict[str, list[Battle]] = {}
    for battle in played:
        games.setdefault(battle.question, []).append(battle)
    both = [two for two in games.values() if len(two) == 2]
    return [(1 - (a.won + b.won) / 2, a.style[1][0] - a.style[0][0], a.question) for a, b in both]


def _battles(benchmark: str, tables: RunTables) -> dict[str, list[list[Battle]]]:
    """By arm, where any was read, a list a training seed."""
    battles = {}
    for arm in tables.recipe.arms:
        seeds = [read_battles(arm, tables.table(label, "battles")) for label in tables.scored(arm, benchmark)]
        if any(seeds):
            battles[arm] = seeds
    return battles


def _figure(name: str, arm: str, interval: tuple[float, float, float], questions: int, tables: RunTables) -> Figure:
    mean, low, high = interval
    seeds = len(tables.evaluated(arm))
    contaminated = benchmarks.contaminated(name, [arm], tables)
    return Figure(name=name, mean=mean, low=low, high=high, prompts=questions, seeds=seeds, contaminated=contaminated)
