"""Whether arms are asked about errors and safety, and by which sets."""

from pydantic import Field

from secondhalf.settings import Settings


class SafetySettings(Settings):
    """Refusals, personal data, false statements, contradictions, stereotypes: each a rate, before and after training."""

    enabled: bool = False
    """Ask every arm our set, which is small and runs offline: it finds a regression and proves no safety."""

    sets: list[str] = Field([])
    """Published CSV files, by path or hf:datasets/ORG/NAME@REVISION:FILE: AdvBench, HarmBench, XSTest, CrowS-Pairs, TruthfulQA,
    known by their columns. They take the place of our items of their kinds."""

    limit: int | None = Field(None, ge=2)
    """Use only this many items of each kind, the first by a hash of their id: for trying things out."""
