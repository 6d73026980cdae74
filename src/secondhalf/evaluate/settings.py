"""What the arms are asked, and how their answers are drawn."""

from typing import Literal, Self

from pydantic import Field, model_validator

from secondhalf.settings import Settings


class BenchmarkSettings(Settings):
    """One benchmark. Its prompts are not part of this package."""

    name: Literal["ifeval", "ifeval_ja", "ifbench"]
    """ifeval (arXiv 2311.07911), ifeval_ja: M-IFEval Japanese (arXiv 2502.04688), or ifbench (arXiv 2507.02833)."""

    path: str
    """The published JSONL file: a path, package:NAME/FILE, or hf:datasets/ORG/NAME@REVISION:FILE; any may end in #sha256=HEX."""

    limit: int | None = Field(None, ge=2)
    """Use only this many prompts, the first by a hash of their id: for trying things out. No figure is the benchmark's then."""

    max_tokens: int = Field(1280, ge=1)
    """Longest answer, in the student's tokens; 1280 is what the Open LLM Leaderboard allows."""


class EvaluateSettings(Settings):
    """The everyday prompts, the probes and the likelihood of right responses. No judge."""

    part: Literal["choose", "locked"] = "locked"
    """choose: the prompts on which settings may be chosen. locked: those that only claims are made on."""

    primary: str = "margin"
    """The primary figure, named before looking: margin (how much likelier the right response is than other prompts',
    in nats a token; arXiv 2409.14254 section 4), ranking (how often it is the likeliest), checks (share of prompts whose every
    check passes), or a probe."""

    max_tokens: int = Field(120, ge=1)
    """Longest answer, in the student's tokens."""

    temperature: float = Field(0.0, ge=0)
    """0 is greedy."""

    seed: int = 1
    """Seed of the answers when the temperature is above 0, and of which other responses are compared."""

    others: int = Field(4, ge=1)
    """With how many other prompts' responses (of the same language) each right response is compared."""

    limit: int | None = Field(None, ge=2)
    """Use only this many prompts, the first by a hash of their id: for trying things out."""

    benchmarks: list[BenchmarkSettings] = Field([])
    """Benchmarks beside the everyday prompts, each asked of every arm, such as {name: ifeval, path: input_data.jsonl}."""

    @model_validator(mode="after")
    def _once_each(self) -> Self:
        names = [benchmark.name for benchmark in self.benchmarks]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"benchmarks: {name} is named twice; once is enough")
        return self
