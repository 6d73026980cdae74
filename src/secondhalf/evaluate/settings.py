"""Which prompts the arms answer, and how their answers are sampled and judged."""

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from secondhalf.evaluate.benchmark import Benchmark
from secondhalf.evaluate.benchmarks import BENCHMARKS
from secondhalf.evaluate.everyday.checks.kinds import KINDS
from secondhalf.evaluate.invariance import MOVES_WITH
from secondhalf.evaluate.judge.settings import JudgingSettings
from secondhalf.evaluate.leaderboard.settings import LeaderboardSettings
from secondhalf.evaluate.safety.settings import SafetySettings
from secondhalf.extensions.path import FunctionPath
from secondhalf.settings import Decides, Seed, Settings
from secondhalf.text.nearest import hint


class BenchmarkSettings(Settings):
    """One benchmark. Its prompts are not part of this package."""

    name: str
    """Scored by code: ifeval (arXiv 2311.07911), ifeval_ja: M-IFEval Japanese (arXiv 2502.04688), ifbench (arXiv 2507.02833).
    By judges: mt_bench (arXiv 2306.05685), arena_hard (arXiv 2406.11939), alpaca_eval (arXiv 2404.04475). own: your prompts,
    scored by their checks, by their references, or by judges."""

    path: Annotated[str, Decides("run")]
    """The published file: a path, package:NAME/FILE, or hf:datasets/ORG/NAME@REVISION:FILE; any may end in #sha256=HEX."""

    references: Annotated[str, Decides("run")] = ""
    """mt_bench: the file of reference answers that the judge is shown for math, reasoning and coding."""

    as_published: bool = False
    """mt_bench: show the judge also the 13 published references that are known to be wrong (FastChat pull request 3158), for
    comparison with published figures; false: corrected ones of our own in their place."""

    baseline: Annotated[str, Decides("run")] = ""
    """arena_hard, alpaca_eval: the answers that each arm's are compared with: a file of them, or arm:NAME. Empty for
    alpaca_eval: the answers in its own file."""

    difficulty: Annotated[str, Decides("run")] = ""
    """alpaca_eval: a file of how difficult its instructions are, AlpacaEval's instruction_difficulty.csv or df_gamed.csv. With
    the second the length-controlled rate is computed as the leaderboard's is; without either it may not be set beside it."""

    limit: int | None = Field(None, ge=2)
    """Use only this many prompts, the first by a hash of their id: for trying things out. No figure is the benchmark's then."""

    max_tokens: Annotated[int, Decides("answers")] = Field(0, ge=0)
    """Longest answer, in the student's tokens. 0: what the benchmark allows (the Open LLM Leaderboard 1280 for ifeval and its
    kin, mt_bench 1024, arena_hard 4096, alpaca_eval 2048), for own 1024."""

    @property
    def row(self) -> Benchmark:
        """What this benchmark is."""
        return BENCHMARKS[self.name]

    @property
    def baseline_arm(self) -> str:
        """The arm whose answers are the baseline, or "" where a file has them."""
        return self.baseline.removeprefix("arm:") if self.baseline.startswith("arm:") else ""

    @property
    def longest(self) -> int:
        """`max_tokens`, or what the benchmark allows."""
        return self.max_tokens or self.row.longest

    @field_validator("name")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in BENCHMARKS:
            raise ValueError(f"there is no benchmark {name!r}{hint(name, BENCHMARKS)}")
        return name

    @model_validator(mode="after")
    def _what_it_takes(self) -> Self:
        if self.references and not self.row.references:
            raise ValueError(f"references: {self.name} has none; leave it out")
        if self.row.references and not self.references:
            raise ValueError(f"references: {self.name}'s judge is shown reference answers; name their file")
        if self.difficulty and not self.row.difficulty:
            raise ValueError(f"difficulty: {self.name} takes none; leave it out")
        if self.baseline and self.row.baseline == "none":
            raise ValueError(f"baseline: {self.name} compares with none; leave it out")
        if self.row.baseline == "named" and not self.baseline:
            raise ValueError(f"baseline: {self.name} compares with answers; name their file, or arm:NAME")
        return self


class OwnSettings(Settings):
    """What the benchmark `own`, your own prompts, is scored by beside the built-in kinds of checks."""

    checks: dict[str, FunctionPath] = Field({})
    """Kinds of checks of your own for your prompts' `checks`: {my_kind: my_module:function}, each a function from the answer
    (str) and the check as it stands in the prompts' file (dict) to True or False. An answer on which it raises fails."""

    @field_validator("checks")
    @classmethod
    def _new_kinds(cls, checks: dict[str, str]) -> dict[str, str]:
        for kind in checks:
            if kind in KINDS:
                raise ValueError(f"{kind} is a built-in kind of check; give yours another name")
        return checks


class EvaluateSettings(Settings):
    """The everyday prompts, the probes and the likelihood of right responses. No judge."""

    part: Literal["choose", "locked"] = "locked"
    """choose: the prompts on which settings may be chosen. locked: those that only claims are made on."""

    languages: list[Literal["en", "ja"]] = Field([])
    """Only the everyday prompts and minimal pairs in these languages; empty: in both."""

    primary: Annotated[str, Decides("run")] = "minimal_pairs"
    """The primary figure, named before looking: minimal_pairs (the share of pairs where adding a constraint moves likelihood
    towards the answer that keeps it), constraints (share of constraints that answers keep), checks (share of prompts whose every
    check passes), margin (how much likelier the right response is than other prompts', in nats a token; arXiv 2409.14254
    section 4), ranking, or a probe. The report gives no verdict on a figure that moves when nothing was learned:
    evaluate/invariance.py says which do, and with what."""

    max_tokens: int = Field(120, ge=1)
    """Longest answer, in the student's tokens."""

    temperature: float = Field(0.0, ge=0)
    """0 is greedy."""

    seed: Seed = 1
    """Seed of the answers when the temperature is above 0, and of which other responses are compared."""

    others: Annotated[int, Decides("run", "evaluate")] = Field(4, ge=0)
    """With how many other prompts' responses (of the same language) each right response is compared. 0: with none, and ranking,
    margin and relevance are left out: they take as long as everything else that needs no answer."""

    limit: int | None = Field(None, ge=2)
    """Use only this many prompts, and this many minimal pairs, the first by a hash of their id: for trying things out."""

    minimal_pairs: Annotated[int | None, Decides("run", "evaluate")] = Field(None, ge=0)
    """How many minimal pairs, the first by a hash of their id; empty: all of the part. 0: none. Telling 55 of 100 from chance
    takes about 780."""

    engine: Annotated[Literal["transformers", "vllm"], Decides(False)] = "transformers"
    """What writes answers. vllm: on a GPU, with the extra `vllm`; arms that it cannot carry (DoRA, trained rows of the
    vocabulary) stay with transformers. Either gives the same answers but for rounding, so answers that are there are kept."""

    # More benchmarks, and who judges them, change no answer that is there: they have stages of their own.
    benchmarks: Annotated[list[BenchmarkSettings], Decides(False)] = Field([])
    """Benchmarks beside the everyday prompts, each asked of every arm, such as {name: ifeval, path: input_data.jsonl}."""

    own: Annotated[OwnSettings, Decides(False)] = OwnSettings()
    """Your own prompts' checks, where code of yours decides them."""

    safety: Annotated[SafetySettings, Decides(False)] = SafetySettings()
    """What every arm gets wrong, before and after training."""

    leaderboard: Annotated[LeaderboardSettings, Decides(False)] = LeaderboardSettings()
    """Tasks of lm-eval beside them, such as the Open LLM Leaderboard's."""

    judging: Annotated[JudgingSettings, Decides(False)] = JudgingSettings()
    """Who judges the answers to the benchmarks that need it."""

    @property
    def left_out(self) -> dict[str, str]:
        """The figures that are not measured, each with the field whose 0 leaves it out."""
        figures = dict.fromkeys(("ranking", "margin", "relevance"), "others") if self.others == 0 else {}
        return figures | ({"minimal_pairs": "minimal_pairs"} if self.minimal_pairs == 0 else {})

    @field_validator("languages")
    @classmethod
    def _in_one_order(cls, languages: list[Literal["en", "ja"]]) -> list[Literal["en", "ja"]]:
        """Each once, and both as none: equal choices have equal keys, and no prompt is taken twice."""
        chosen = sorted(set(languages))
        return chosen if len(chosen) == 1 else []

    @model_validator(mode="after")
    def _once_each(self) -> Self:
        names = [benchmark.name for benchmark in self.benchmarks]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"benchmarks: {name} is named twice; once is enough")
        judged = [benchmark.name for benchmark in self.benchmarks if benchmark.row.judged == "always"]
        if judged and not self.judging.judges:
            raise ValueError(f"judging.judges: {judged[0]} needs a judge; name one, such as [{{model: MODEL}}]")
        return self


def check_figure(field: str, figure: str, settings: EvaluateSettings) -> None:
    """Raises ValueError for a figure that these settings do not measure. Sets on safety and lm-eval's tasks name their own."""
    if figure.startswith(("safety.", "leaderboard.")):
        return
    of_benchmarks = [f"{one.name}.{row.name}" for one in settings.benchmarks for row in one.row.figures]
    known = ["minimal_pairs", *MOVES_WITH, *of_benchmarks]
    if figure not in known:
        raise ValueError(f"{field}: no figure is called {figure!r}{hint(figure, known)}")
