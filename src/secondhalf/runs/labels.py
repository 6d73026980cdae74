"""The place of a stage in a run: which stage, for which data set, benchmark, arm and training seed."""

from dataclasses import dataclass

_DATA = ("data",)
_ARM = ("arm", "seed")
_BENCHMARK = ("benchmark", "arm", "seed")
SHAPES: dict[str, tuple[str, ...]] = {
    "corpus": (),
    "clean": (),
    "deduplicate": (),
    "split": _DATA,
    "pilot": _DATA,
    "teach": _DATA,
    "audit": _DATA,
    "compose": ("arm",),
    "merge": _ARM,
    "perplexity": ("arm",),
    "train": _ARM,
    "prefer": _ARM,
    "temperature": ("arm",),
    "answers": _BENCHMARK,
    "evaluate": _ARM,
    "benchmark": _BENCHMARK,
    "safety": _ARM,
    "leaderboard": _ARM,
    "probe": _ARM,
    "account": (),
    "contamination": ("benchmark", "data"),
}
"""Which fields each stage's label has, in the order in which they are written. The seed is missing where nothing is trained."""

METHOD = ("corpus", "clean", "split", "teach", "audit", "train", "evaluate", "probe", "report")
"""The method's stages, which a run counts as it goes; the others belong to one of them."""
METHOD_STAGE = {name: name for name in METHOD} | {
    "deduplicate": "clean",
    "pilot": "teach",
    "contamination": "audit",
    **dict.fromkeys(("compose", "merge", "perplexity", "train", "prefer", "temperature"), "train"),
    **dict.fromkeys(("answers", "benchmark", "safety", "leaderboard", "account"), "evaluate"),
}


@dataclass(frozen=True, order=True)
class Label:
    """A stage's place in a run; written STAGE, STAGE:DATA, STAGE:ARM:SEED, STAGE:BENCHMARK:ARM:SEED or STAGE:BENCHMARK:DATA.

    A `seed` is a training seed, None where nothing is trained. Raises ValueError for fields that the stage does not have.
    """

    stage: str
    data: str = ""
    """A data set."""
    arm: str = ""
    seed: int | None = None
    benchmark: str = ""
    """The prompts that were asked: a benchmark's name, everyday or safety."""

    def __post_init__(self) -> None:
        named = {name for name in ("data", "arm", "benchmark") if getattr(self, name)}
        wanted = set(SHAPES.get(self.stage, ("an unknown stage",)))
        if named != wanted - {"seed"} or (self.seed is not None and "seed" not in wanted):
            raise ValueError(f"a label of the stage {self.stage!r} has {', '.join(sorted(wanted)) or 'no fields'}")

    @classmethod
    def parse(cls, text: str) -> "Label":
        """The label that `str()` wrote, or secondhalf 0.1 under the names that it had. Raises ValueError for any other text."""
        if text == "clean:distinct":
            return cls("deduplicate")
        stage, *values = text.split(":")
        stage = "contamination" if stage == "met" else stage
        names = SHAPES.get(stage, ())
        if len(values) > len(names) or (names and not values):
            raise ValueError(f"{text!r} is no label of a stage")
        fields: dict[str, str] = dict(zip(names, values, strict=False))
        seed = fields.pop("seed", None)
        return cls(stage, seed=None if seed is None else int(seed), **fields)

    def __str__(self) -> str:
        values = [getattr(self, name) for name in SHAPES[self.stage]]
        return ":".join([self.stage, *(str(value) for value in values if value is not None)])

    @property
    def subject(self) -> str:
        """What the stage is for, for people: the label without the stage's name, such as "taught 1"; "" for the whole run."""
        return " ".join(str(self).split(":")[1:])

    @property
    def title(self) -> str:
        """The label for a progress bar, such as "train taught 1"."""
        return f"{self.stage} {self.subject}".strip()
