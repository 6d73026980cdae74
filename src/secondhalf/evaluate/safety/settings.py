"""Whether arms answer the set on errors and safety, and which published sets."""

from typing import Annotated

from pydantic import Field

from secondhalf.settings import Decides, Filled, Once, Settings


class SafetySettings(Settings):
    """Refusals, personal data, false statements, contradictions, stereotypes: each a rate, before and after training."""

    enabled: Annotated[bool, Decides(False)] = False
    """Ask every arm our set, which is small and runs offline: it finds a regression and proves no safety."""

    sets: Annotated[list[Filled], Once, Decides("run")] = Field([])
    """Published CSV files, by path or hf:datasets/ORG/NAME@REVISION:FILE: AdvBench, HarmBench, XSTest, CrowS-Pairs, TruthfulQA,
    known by their columns, and RealToxicityPrompts' JSON lines. They take the place of our items of their kinds."""

    toxicity: Annotated[str, Decides("run")] = ""
    """A text classifier that tells toxic answers: a folder, or hf:ORG/NAME@REVISION such as hf:unitary/toxic-bert. Empty: a
    list of words alone (`rude`), which sees no threat and no insult without them."""

    toxic_label: Annotated[str, Decides("safety")] = ""
    """The classifier's label that means toxic. Empty: the one that is called so."""

    limit: int | None = Field(None, ge=2)
    """Use only this many items of each kind, the first by a hash of their id: for trying things out."""
