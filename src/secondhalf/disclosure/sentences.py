"""What a run knows, as sentences in the page's language that several documents share. Their parts come from a run: they are
text, and whoever writes them into Markdown, HTML or JSON escapes them there."""

from collections.abc import Iterable, Mapping
from functools import cached_property

from secondhalf.analysis.facts import FunnelStep, InstructionShare
from secondhalf.disclosure.evidence import Evidence
from secondhalf.disclosure.training_data import ModelUsed, TrainingData
from secondhalf.recipe.arms import DataSettings
from secondhalf.report import numbers
from secondhalf.report.words import disclosure_words, fill, label, page_words, reason

_SHOWN = 12
"""Names that a sentence lists; of more it says how many."""


class Sentences:
    """The sentences of one run."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self.words: Mapping[str, str] = disclosure_words(evidence.language)
        self._page = page_words(evidence.language)

    @property
    def data_name(self) -> str:
        """A name for the pairs."""
        model = self._evidence.model
        return f"{self._evidence.recipe.name}-{model.arm}-pairs" if model else f"{self._evidence.recipe.name}-pairs"

    @property
    def model_name(self) -> str:
        """A name for the model; "" where nothing is trained."""
        model = self._evidence.model
        return f"{self._evidence.recipe.name}-{model.name}" if model else ""

    @property
    def pairs(self) -> int:
        """All pairs together."""
        return sum(one.pairs for one in self._evidence.data)

    @property
    def description(self) -> str:
        """What the pairs are."""
        unsourced = sum(one.unsourced for one in self._evidence.data)
        parts = [fill(self.words["description"], n=f"{self.pairs:,}")]
        parts += [fill(self.words["of_no_document"], n=f"{unsourced:,}")] if unsourced else []
        parts += [self.words["people_preferred"]] if self._evidence.people_files else []
        return self._join([*parts, self.responses])

    def pairs_of(self, data: TrainingData) -> str:
        """One data set in a sentence."""
        recipe = self._evidence.recipe.data
        names = [data.name] if data.label.stage == "audit" else self._evidence.data_names
        writers = list(map(self.model, data.writers))
        by = self._written([recipe[name] for name in names], writers)
        return self._join([fill(self.words["pairs_of"], name=data.name, n=f"{data.pairs:,}"), by])

    @cached_property
    def responses(self) -> str:
        """Who wrote the responses, as far as the run knows."""
        recipe = self._evidence.recipe.data
        return self._written([recipe[name] for name in self._evidence.data_names], self.writers)

    def _written(self, data: Iterable[DataSettings], writers: list[str]) -> str:
        sets = list(data)
        return self._join(
            [
                fill(self.words["written_by"], models=self.join(writers)) if writers else "",
                self.words["own_halves"] if any(not one.baseline and one.teach.original for one in sets) else "",
                self.words["unknown_writers"] if any(one.instructions for one in sets) else "",
            ]
        )

    @property
    def synthetic(self) -> str | None:
        """Whether data was generated: yes where a model wrote here, no where all that was read is known not to be; else None."""
        if self.writers:
            return self.words["yes"]
        return self.words["no"] if self._evidence.shipped else None

    @cached_property
    def writers(self) -> list[str]:
        """The models that wrote responses, each with its hash where the run has one."""
        return list(map(self.model, self._evidence.writers))

    def model(self, model: ModelUsed) -> str:
        """A model by its reference and hash."""
        if model.sha256:
            return fill(self.words["model_hash"], model=model.reference, hash=model.sha256)
        return model.reference

    @property
    def licence_names(self) -> list[str]:
        """The licences that are recorded with the texts; empty where some or all have none."""
        licences = self._evidence.counted("licences")
        return list(licences) if licences and "" not in licences else []

    @property
    def licences(self) -> str:
        """The licences with their counts, and how many pairs have none recorded."""
        counts = self._evidence.counted("licences")
        return self.listed({name or self.words["none_recorded"]: count for name, count in counts.items()})

    @property
    def sources(self) -> str:
        """The sources with their counts."""
        return self.listed(self._evidence.counted("sources"))

    @property
    def collection(self) -> str:
        """How the documents came to be the sample."""
        corpus = self._evidence.recipe.corpus
        return fill(
            self.words["collection"], reader=corpus.reader, path=corpus.path or "–", n=f"{corpus.sample:,}",
            seed=self._evidence.recipe.seed,
        )  # fmt: skip

    @property
    def raw_data(self) -> str:
        """The texts' sources and licences as recorded."""
        return fill(self.words["raw_data"], sources=self.sources or "–", licences=self.licences or "–")

    @property
    def manipulation(self) -> str:
        """What is done to a document on its way to a pair."""
        return self._join([self.words["manipulation"] if self._evidence.of_documents else "", self.annotation])

    @property
    def annotation(self) -> str:
        """Who wrote the responses, and that a run labels nothing."""
        return self._join([self.words["annotation"], self.responses])

    @cached_property
    def steps(self) -> list[str]:
        """Each stage of the funnel: in, out, and what it refused most for."""
        return list(map(self._step, self._evidence.funnel))

    def _step(self, step: FunnelStep) -> str:
        name = label(self._page, "stage", step.stage) + (f" ({step.data})" if step.data else "")
        most = sorted(step.rejects, key=lambda one: -one.count)[:5]
        refused = self.join(f"{reason(self._evidence.language, one.reason)} {one.count:,}" for one in most)
        sentence = fill(self.words["step"], stage=name, rows=f"{step.rows_in:,}", out=f"{step.rows_out:,}")
        return self._join([sentence, fill(self.words["refused_for"], reasons=refused) if refused else ""])

    @cached_property
    def findings(self) -> list[str]:
        """What each check of the pairs looked at, found and refused."""
        return [
            fill(
                self.words["finding"], data=one.label.data, check=label(self._page, "check", one.check),
                looked=f"{one.looked:,}", found=f"{one.findings:,}", refused=f"{one.refused:,}",
            )
            for one in self._evidence.checks if one.label.stage == "audit"
        ]  # fmt: skip

    @cached_property
    def instructions(self) -> list[str]:
        """How much instruction-like content was found, and where the detectors' errors are measured how much is left."""
        return list(map(self._instructions, self._evidence.instructions))

    def _instructions(self, row: InstructionShare) -> str:
        counts = {"data": row.data, "language": row.language, "found": f"{row.flagged:,}", "pairs": f"{row.pairs:,}"}
        if row.left is None or row.left_low is None or row.left_high is None:
            return fill(self.words["instructions_unmeasured"], **counts)
        left, low, high = (numbers.figure(value, "share", 1) for value in (row.left, row.left_low, row.left_high))
        return fill(self.words["instructions"], **counts, left=left, low=low, high=high)

    @property
    def overlaps(self) -> list[str]:
        """How much of each benchmark stands in the pairs."""
        return [
            fill(
                self.words["overlap"], benchmark=one.benchmark, data=one.data, met=f"{one.contaminated:,}",
                prompts=f"{one.prompts:,}",
            )
            for one in self._evidence.overlaps
        ]  # fmt: skip

    @property
    def personal(self) -> str:
        """What the search for personal data found in the documents, and what was done with it."""
        rows = [one for one in self._evidence.checks if one.check == "personal"]
        if not rows:
            return self.words["personal_not_looked"]
        looked, findings, refused = (
            sum(getattr(one, name) for one in rows) for name in ("looked", "findings", "refused")
        )
        return fill(self.words["personal"], looked=f"{looked:,}", found=f"{findings:,}", refused=f"{refused:,}")

    @property
    def adult(self) -> str:
        """What the list of adult and abusive words refused."""
        rows = [one for one in self._evidence.checks if one.check == "adult"]
        if not rows:
            return self.words["adult_not_looked"]
        looked, findings = (sum(getattr(one, name) for one in rows) for name in ("looked", "findings"))
        return fill(self.words["adult"], looked=f"{looked:,}", found=f"{findings:,}")

    @property
    def limits(self) -> list[str]:
        """What the audit does not see, and what the report says was not checked."""
        facts = self._evidence.facts
        unchecked = [self._page[f"unchecked_{name}"] for name in facts.unchecked] if facts else []
        return [self.words["limit_patterns"], self.words["limit_true"], *unchecked]

    def listed(self, counts: Mapping[str, int]) -> str:
        """Names with their counts, the most frequent ones; of the rest how many there are."""
        shown = [f"{name or self.words['not_known']} ({count:,})" for name, count in list(counts.items())[:_SHOWN]]
        more = len(counts) - len(shown)
        return self.join([*shown, *([fill(self.words["and_more"], n=f"{more:,}")] if more else [])])

    def join(self, names: Iterable[str]) -> str:
        """Names in a row."""
        return self.words["list_join"].join(names)

    def _join(self, parts: list[str]) -> str:
        return self._page["between"].join(filter(None, parts))
