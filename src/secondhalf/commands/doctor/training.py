"""`doctor`: what each arm's training takes in memory, hours and money, by every method, before anything is fetched."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from secondhalf.models.weights.size import size_of
from secondhalf.recipe import Recipe
from secondhalf.recipe.arms import ARM, ArmSettings
from secondhalf.teach.forecast import Estimate
from secondhalf.text.table import format_table
from secondhalf.train.resources.device import Device
from secondhalf.train.resources.estimate import METHODS, Method, estimate_resources

_KEPT = 0.67  # share of the pairs that the audit keeps: half to four fifths in the runs that were measured
_SPLIT_WORDS_TO_TOKENS = 1.4
_CHARACTERS = 4  # of a template, a token
_USUAL_LENGTH = 0.6  # a reply's usual length against its limit
_PROMPT_WORDS = 300  # where the split sets no limit


@dataclass(frozen=True)
class Training:
    """One arm's training by one method, all its seeds. Bytes, hours; money in the report's currency."""

    arm: str
    method: Method
    tokens: int
    memory: float
    least: float
    """With gradient checkpointing."""
    free: float
    gpus: int
    """How many such GPUs hold it; 1 on a CPU."""
    hours: float
    money: float | None
    """None: the machine's price is not known."""

    @property
    def fits(self) -> bool:
        """Whether the free memory holds it on one device, with gradient checkpointing if need be."""
        return self.least <= self.free


def trainings(recipe: Recipe, teaching: list[Estimate], device: Device) -> list[Training]:
    """A row for each trained arm and method; none for an arm whose student's size is unknown before it is fetched."""
    rows = []
    for name, arm in recipe.arms.items():
        reference = recipe.students[arm.student]
        if reference.startswith(ARM):  # as large as that arm's student
            reference = recipe.students[recipe.arms[reference.removeprefix(ARM)].student]
        size = size_of(reference)
        if size is None or not arm.data:
            continue
        tokens, longest = _tokens(recipe, arm, teaching)
        for method in METHODS:
            took = estimate_resources(size, arm.train, method, device, longest)
            gpus = math.ceil(took.checkpointed_memory / (0.9 * device.memory)) if device.gpu else 1
            # Several GPUs share the work.
            hours = tokens * took.seconds_per_token / 3600
            price = recipe.report.hourly_price
            money = None if price is None else hours * price
            rows.append(
                Training(
                    name,
                    method,
                    tokens,
                    took.memory,
                    took.checkpointed_memory,
                    device.memory,
                    gpus,
                    hours / gpus,
                    money,
                )
            )
    return rows


def training_table(rows: list[Training], device: Device, currency: str, say: Callable[[str], str] = str) -> str:
    """The table, and what it stands on. `say`: in the user's language."""
    cells = [
        [
            row.arm,
            row.method,
            f"{row.tokens:,}",
            f"{row.memory / 1e9:.1f}",
            f"{row.least / 1e9:.1f}",
            say(_verdict(row, device)),
            f"{row.hours:.1f}" if row.hours >= 0.1 else say(f"{math.ceil(row.hours * 60)} min"),
            say("unknown") if row.money is None else f"{row.money:,.2f} {currency}",
        ]
        for row in rows
    ]
    head = ["arm", "method", "tokens", "GB", "with checkpointing", "fits", "hours", "money"]
    basis = (
        f"On {device.name}, {device.memory / 1e9:.1f} GB free. Right to a factor of two; DoRA and QLoRA are rougher. Money is "
        "hours by report.hourly_price, for each GPU."
    )
    return f"{format_table(cells, [say(name) for name in head])}\n\n{say(basis)}"


def _verdict(row: Training, device: Device) -> str:
    if row.memory <= row.free:
        return "yes"
    if row.fits:
        return "with checkpointing"
    return f"on {row.gpus} GPUs (FSDP)" if device.gpu else "no"


def _tokens(recipe: Recipe, arm: ArmSettings, teaching: list[Estimate]) -> tuple[int, int]:
    """Tokens of an arm's pairs, all epochs and seeds, and of its longest pair: as the documents at hand promise."""
    name = next(iter(arm.data))
    data = recipe.data[name]
    source = data.teach.like or name
    taught = [row.pairs for row in teaching if row.data == source and row.part.startswith("teacher")]
    pairs = (sum(taught) or recipe.corpus.sample) * _KEPT
    words = data.split.max_prompt_words or _PROMPT_WORDS
    limit = max(one.sampling.max_tokens for one in recipe.data[source].teach.by_teacher().values())
    before = words * _SPLIT_WORDS_TO_TOKENS + len(arm.train.template.text) / _CHARACTERS
    total = pairs * (before + limit * _USUAL_LENGTH) * arm.train.epochs * len(arm.train.seeds)
    return round(total), min(arm.train.max_length, round(before + limit))
