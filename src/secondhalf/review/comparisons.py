"""Two arms' answers to the same prompts as items, blind: which answer stands on which side is a hash's to say, and neither the
item's name nor anything else on its page tells the arms.

An arm that was trained under several seeds answers under each: only so can a preference say more than one training's luck. The
answers to one prompt follow each other in the queue.
"""

from collections.abc import Mapping, Sequence
from itertools import chain

from secondhalf.analysis.roles import deciding
from secondhalf.analysis.training_seeds import training_seeds
from secondhalf.audit.reviews import judged_hash
from secondhalf.errors import UserError
from secondhalf.evaluate.answers import read_texts
from secondhalf.evaluate.benchmark_files import load_benchmark
from secondhalf.evaluate.everyday.stage import select_everyday
from secondhalf.review.items import ReviewItem
from secondhalf.rows import digest
from secondhalf.runs import Label, Run
from secondhalf.runs.trained import arm_settings
from secondhalf.store import Stage


class ComparisonItems:
    """The prompts of one set that both arms answered, and their answers that differ.

    `same` are the prompts and seeds under which both said the same, `seeds` how many seeds there are, `training_seeds` those
    behind either arm, 0 for one that is not trained.
    """

    def __init__(
        self, prompts: str, arms: tuple[str, str], texts: Mapping[str, tuple[str, str, str]],
        answers: Sequence[tuple[Mapping[str, str], Mapping[str, str]]], seed: int, training: tuple[int, int] = (0, 0),
    ) -> None:  # fmt: skip
        """`texts`: of each prompt its text, language, and what a good answer is, by its id; `answers`: both arms', by seed."""
        self.prompts, self.arms, self.subject = prompts, arms, f"{prompts}: {arms[0]} and {arms[1]}"
        self.seeds = len(answers)
        # Behind what people saw are no more seeds than were shown.
        self.training_seeds = min(training[0], self.seeds), min(training[1], self.seeds)
        self.same: set[tuple[str, int]] = set()
        self._items: dict[str, ReviewItem] = {}
        self._order: dict[str, list[str]] = {}
        for id, (text, language, reference) in texts.items():
            for place, (first, second) in enumerate(answers):
                one, other = first.get(id), second.get(id)
                if one is None or other is None:
                    continue
                if one == other:
                    self.same.add((id, place))  # of two that are the same nobody need say which is better
                    continue
                again = (str(place),) if place else ()
                name = f"comparison:{digest('comparison', str(seed), self.subject, id, *again, size=24)}"
                turned = int(digest("side", str(seed), name, size=2), 16) % 2 == 1
                shown = (other, one) if turned else (one, other)
                seen = judged_hash(text, judged_hash(one, other))
                self._items[name] = ReviewItem(
                    name, "comparison", self.subject, id, language, text, shown, seen,
                    reference=reference, turned=turned, seed=place,
                )  # fmt: skip
                self._order.setdefault(id, []).append(name)

    def of_prompts(self) -> Mapping[str, Sequence[ReviewItem]]:
        """The items of each prompt to which the answers differ under some seed."""
        return {id: [self._items[name] for name in names] for id, names in self._order.items()}

    def item(self, name: str) -> ReviewItem | None:
        """The comparison of that name; None for another's."""
        return self._items.get(name)

    def orders(self) -> Mapping[str, Sequence[str]]:
        """The queue compare: prompts in the order of their first items' names, which are hashes."""
        return {"compare": list(chain.from_iterable(sorted(self._order.values())))}


def compared_arms(run: Run) -> tuple[str, str] | None:
    """The arms whose answers are compared; None where the recipe compares none. Raises UserError for an arm that is none."""
    wanted = run.recipe.review.compare
    if wanted:
        if len(set(wanted)) != 2:
            raise UserError(f"review.compare: {', '.join(wanted)}; name two arms, or none.")
        for name in wanted:
            arm_settings(run, name)
        return wanted[0], wanted[1]
    pairs = [(name, other) for name in run.recipe.arms for other in run.recipe.compared_with(name)]
    return min(pairs, key=lambda pair: deciding(pair, run.recipe), default=None)


def comparison_items(run: Run) -> list[ComparisonItems]:
    """What both arms have answered of prompts of one turn, under every training seed."""
    arms = compared_arms(run)
    if arms is None:
        return []
    settings, stages = run.recipe.evaluate, run.stages()
    sets: dict[str, dict[str, tuple[str, str, str]]] = {
        "everyday": {one.id: (one.text, one.language, "") for one in select_everyday(settings)}
    }
    for benchmark in settings.benchmarks:
        if benchmark.row.turns == 1 and all(_labels(run, benchmark.name, arm)[0] in stages for arm in arms):
            sets[benchmark.name] = {
                one.id: (one.text, str(getattr(one, "language", "")), _wanted(one))
                for one in load_benchmark(benchmark)[0]
            }
    items, training = [], training_seeds(*arms, run.recipe)
    for prompts, texts in sets.items():
        one, other = (_answers(run, stages, prompts, arm) for arm in arms)
        # One that is not trained answers alike beside every seed of the other.
        one, other = (
            (one * len(other), other) if len(one) == 1 else (one, other * len(one) if len(other) == 1 else other)
        )
        answers = list(zip(one, other, strict=False))
        if answers:
            items.append(ComparisonItems(prompts, arms, texts, answers, run.recipe.review.seed, training))
    return items


def _answers(run: Run, stages: Mapping[Label, Stage], prompts: str, arm: str) -> list[Mapping[str, str]]:
    """An arm's answers under each seed that has answered, the first seeds first."""
    found: list[Mapping[str, str]] = []
    for label in _labels(run, prompts, arm):
        stage = stages.get(label)
        if stage is None or not stage.whole:
            break
        found.append(read_texts(stage))
    return found


def _labels(run: Run, prompts: str, arm: str) -> list[Label]:
    settings = run.recipe.arms[arm]
    seeds = settings.train.seeds if settings.trained else [None]
    return [Label("answers", benchmark=prompts, arm=arm, seed=seed) for seed in seeds]


def _wanted(prompt: object) -> str:
    """What a good answer to one of the user's own prompts is, where its file says so."""
    return "\n\n".join(str(text) for name in ("rubric", "reference") if (text := getattr(prompt, name, "")))
