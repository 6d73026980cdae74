"""What a number of pairs takes on a cluster, on paper: hours by measured rates, bytes, and which part of it is full first.

The rates stand in rates.json, made of the benchmarks' results by `python benchmarks/scale_rates.py`, each with the command that
measured it. They are of one core of that machine and of texts of 540 to 600 words; longer ones take longer in proportion.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from secondhalf.store.mapper import ROWS_PER_PART

DOCUMENT_BYTES = 3200  # a document of 540 words in UTF-8, of which English has about 5.9 a word
PAIR_TOKENS = 205  # of prompt and reply: tokens / pairs of benchmarks/results/tokenise.json
DOCUMENTS_PER_PAIR = 3.0
_OF_PAIRS = ("audit", "tokenise")
# What stays in memory of each document, beside texts on the disk. Counted, not measured: a rank, a place and their slots, a
# quarter more than the sample, while the corpus is read; 128 slots of four bytes, numbers and what is sorted (600 bytes by the
# sweep of benchmarks/results/dedup.json) while duplicates are looked for.
_PLACE, _SIGNATURE, _KEPT_UNITS = 300, 1140, 1 << 27


@dataclass(frozen=True)
class Rate:
    """How fast one core is at a stage, and what measured it."""

    rows_per_second: float
    command: str
    date: str

    @property
    def source(self) -> str:
        return f"{self.command} ({self.date})"


@dataclass(frozen=True)
class Workload:
    """What is to be done: pairs that a teacher writes, and the documents they come from."""

    pairs: float
    sampled: float
    """Documents of the sample, which are cleaned and compared."""
    read: float
    """Documents of the corpus, which are read."""
    document_bytes: float = DOCUMENT_BYTES
    pair_tokens: float = PAIR_TOKENS
    data_sets: float = 1.0
    """How many pairs are audited and tokenised for one that is taught: a control mirrors each."""

    @classmethod
    def of_pairs(cls, pairs: float, documents_per_pair: float = DOCUMENTS_PER_PAIR) -> "Workload":
        """Where nothing is known but the number of pairs."""
        return cls(pairs, pairs * documents_per_pair, pairs * documents_per_pair)

    @property
    def text_bytes(self) -> float:
        return self.read * self.document_bytes

    @property
    def tokens(self) -> float:
        return self.pairs * self.pair_tokens

    @property
    def parts(self) -> float:
        """Files of rows of the stage that has the most."""
        return self.sampled / ROWS_PER_PART


@dataclass(frozen=True)
class StageHours:
    """One stage's share of the work."""

    stage: str
    rows: float
    core_hours: float
    measured_by: str


@dataclass(frozen=True)
class Capacity:
    """Something on the machine of the run that gets full: what a part of the run needs of it, in bytes, and what there is."""

    part: str
    need: float
    have: float

    @property
    def share(self) -> float:
        return self.need / self.have


@cache
def load_rates() -> dict[str, Rate]:
    """By stage, in their order."""
    records = json.loads((Path(__file__).parent / "rates.json").read_text("utf-8"))
    return {stage: Rate(**record) for stage, record in records.items()}


def stage_hours(work: Workload) -> list[StageHours]:
    """The stages that a cluster's cores share."""
    rows_of = {"corpus": work.read, "clean": work.sampled, "near-duplicates": work.sampled}
    hours = []
    for stage, rate in load_rates().items():
        rows = rows_of.get(stage, work.pairs * work.data_sets)
        length = work.pair_tokens / PAIR_TOKENS if stage in _OF_PAIRS else work.document_bytes / DOCUMENT_BYTES
        hours.append(StageHours(stage, rows, rows * length / rate.rows_per_second / 3600, rate.source))
    return hours


def capacities(work: Workload, memory: float, disk: float | None = None, free: float = 0.0) -> list[Capacity]:
    """What each part takes on the machine of the run, which has `memory`. `disk`: bytes of the store, where they are known, of
    which `free` are there."""
    parts = [
        Capacity("memory of the sample's places", work.sampled * _PLACE, memory),
        Capacity("memory of near-duplicates' signatures", _KEPT_UNITS + work.sampled * _SIGNATURE, memory),
    ]
    return parts if disk is None else [*parts, Capacity("disk of the store", disk, free)]


def first_full(parts: list[Capacity]) -> Capacity:
    """What breaks first as the number of pairs grows."""
    return max(parts, key=lambda part: part.share)
