"""Two arms' answers to the same prompts as items, blind: which answer stands on which side is a hash's to say, and neither the
item's name nor anything else on its page tells the arms.
"""

from collections.abc import Mapping, Sequence

from secondhalf.analysis.roles import deciding
from secondhalf.audit.reviews import judged_hash
from secondhalf.errors import UserError
from secondhalf.evaluate.answers import read_texts
from secondhalf.evaluate.benchmark_files import load_benchmark
from secondhalf.evaluate.everyday.stage import select_everyday
from secondhalf.review.items import ReviewItem
from secondhalf.rows import digest
from secondhalf.runs import Label, Run
from secondhalf.runs.trained import arm_settings


class ComparisonItems:
    """The prompts of one set that both arms answered, and their answers that differ."""

    def __init__(
        self, prompts: str, arms: tuple[str, str], texts: Mapping[str, tuple[str, str, str]],
        answers: tuple[Mapping[str, str], Mapping[str, str]], seed: int,
    ) -> None:  # fmt: skip
        """`texts`: of each prompt its text, language, and what a good answer is, by its id."""
        self.subject = f"{prompts}: {arms[0]} and {arms[1]}"
        self._items: dict[str, ReviewItem] = {}
        for id, (text, language, reference) in texts.items():
            one, other = answers[0].get(id), answers[1].get(id)
            if one is None or other is None or one == other:
                continue  # of two that are the same nobody need say which is better
            name = f"comparison:{digest('comparison', str(seed), self.subject, id, size=24)}"
            turned = int(digest("side", str(seed), name, size=2), 16) % 2 == 1
            shown = (other, one) if turned else (one, other)
            seen = judged_hash(text, judged_hash(one, other))
            self._items[name] = ReviewItem(
                name, "comparison", self.subject, id, language, text, shown, seen, reference=reference, turned=turned
            )

    def item(self, name: str) -> ReviewItem | None:
        """The comparison of that name; None for another's."""
        return self._items.get(name)

    def orders(self) -> Mapping[str, Sequence[str]]:
        """The queue compare: by the items' names, which are hashes."""
        return {"compare": sorted(self._items)}


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
    """What both arms have answered of prompts of one turn, each arm under its first training seed."""
    arms = compared_arms(run)
    if arms is None:
        return []
    settings, stages = run.recipe.evaluate, run.stages()
    sets: dict[str, dict[str, tuple[str, str, str]]] = {
        "everyday": {one.id: (one.text, one.language, "") for one in select_everyday(settings)}
    }
    for benchmark in settings.benchmarks:
        if benchmark.row.turns == 1 and all(_label(run, benchmark.name, arm) in stages for arm in arms):
            sets[benchmark.name] = {
                one.id: (one.text, str(getattr(one, "language", "")), _wanted(one))
                for one in load_benchmark(benchmark)[0]
            }
    items = []
    for prompts, texts in sets.items():
        answered = [stages.get(_label(run, prompts, arm)) for arm in arms]
        if answered[0] and answered[1] and all(stage and stage.whole for stage in answered):
            answers = read_texts(answered[0]), read_texts(answered[1])
            items.append(ComparisonItems(prompts, arms, texts, answers, run.recipe.review.seed))
    return items


def _label(run: Run, prompts: str, arm: str) -> Label:
    settings = run.recipe.arms[arm]
    return Label("answers", benchmark=prompts, arm=arm, seed=settings.train.seeds[0] if settings.trained else None)


def _wanted(prompt: object) -> str:
    """What a good answer to one of the user's own prompts is, where its file says so."""
    return "\n\n".join(str(text) for name in ("rubric", "reference") if (text := getattr(prompt, name, "")))
