"""What a certificate says of a run, as plain data: the predicate of its statement, under the type PREDICATE_TYPE.

All but who signed, when and with what follows from the run's folder and its store, and `verify` computes it again. Shares are 0
to 1. A change of what a field means is a new PREDICATE_TYPE. docs/certificate.md explains the fields to who receives one.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from secondhalf.recipe.names import RUN_NAME
from secondhalf.settings import Settings

PREDICATE_TYPE = "https://secondhalf/certificate/v1"
NOT_MEASURED: Literal["not measured"] = "not measured"

Count = Annotated[int, Field(ge=0)]
Fraction = Annotated[float, Field(ge=0, le=1)]


def _moment(text: str) -> str:
    try:
        if datetime.fromisoformat(text).tzinfo:
            return text
    except ValueError:
        pass
    raise ValueError("it is no time with its zone, as 2027-03-31T12:00:00+00:00 is one")


class CertifiedStage(Settings):
    """One stage: where it stands, what determined it, what it counted, and the rows of each of its tables."""

    label: str
    """Its place in the run: STAGE, STAGE:DATA, STAGE:ARM:SEED ..."""
    stage: str
    """STAGE/KEY, its folder in the store; the key is a hash of version, settings and inputs."""
    inputs: dict[str, str]
    """Keys of the stages, hashes of the files and identities of the models that it was made from."""
    rows_in: Count | None
    rows: Count | None
    rejected: Count | None
    """None: the stage does not count that."""
    reasons: dict[str, Count]
    """Why it refused rows."""
    tables: dict[str, Count]
    """Rows by file."""
    measured: dict[str, str]
    """Whatever else its manifest counts (seconds, tokens, calls, steps, loss), each as JSON."""


class AuditedPairs(Settings):
    """The audit of one data set."""

    data: str
    pairs: Count
    accepted: Count
    failed: dict[str, Count]
    """Pairs that did not pass, by check; a pair counts for each check that it did not pass."""


class InstructionEstimate(Settings):
    """The detector of instruction-like content on pairs that people labelled, and the true shares that follow."""

    recall: Fraction
    specificity: Fraction
    share: Fraction
    low: Fraction
    high: Fraction
    """Of all audited pairs, with its 95 % interval."""
    left: Fraction
    left_low: Fraction
    left_high: Fraction
    """Of the pairs in which nothing was found: what refusing the others leaves."""
    fits: bool
    """False: the detector errs otherwise on these pairs than on labelled ones; the upper ends are cautious."""


class InstructionsInPairs(Settings):
    """Instruction-like content in the pairs of one data set and language."""

    data: str
    language: str
    pairs: Count
    """Those that were audited, refused ones too."""
    flagged: Count
    """Those in which the audit found such content."""
    estimate: InstructionEstimate | Literal["not measured"]
    """Not measured: nobody labelled pairs of this language."""


class BenchmarkInPairs(Settings):
    """How much of one benchmark stands in the pairs of one data set, or was refused for it."""

    benchmark: str
    data: str
    prompts: Count | None
    """Prompts that were looked for; None where the stage does not count them."""
    prompts_met: Count | None
    """Those of them that stand in accepted pairs; None where they are not counted."""
    pairs_met: Count | None
    """Accepted pairs that hold a prompt; None where they are not counted."""
    pairs_refused: Count | None
    """Pairs refused because they hold a prompt; None where none is refused for this benchmark."""


class Licences(Settings):
    """Terms of what was used, as far as they were stated."""

    corpus: str
    """The recipe's word for the corpus; "" where it has none."""
    documents: dict[str, Count]
    """Documents that passed cleaning, by the licence that they came with; "" is a document without one."""
    notices: list[str]
    """Licences and terms that the recipe says bind whoever uses the result."""


class ModelInRun(Settings):
    """A model that stages were made with."""

    role: str
    """model: it wrote or judged; draft: it wrote drafts; student: it was trained, measured, or ranked replies."""
    identity: str
    """SHA-256 of its file, or of its folder's files; of a server its name and address as the store knows it."""
    labels: list[str]
    """The stages."""


class MadeWith(Settings):
    """The code and the machine that stages were made with."""

    revision: str
    """The commit, with a plus when files were changed; "" for an installed package."""
    python: str
    packages: dict[str, str]
    machine: str
    labels: list[str]


class RunContents(Settings):
    """What can be computed again from a run's folder and its store."""

    run: str = Field(pattern=f"^{RUN_NAME.pattern}$")
    """The run's name, as recipes have them: a path or a sentence is none."""
    stages: list[CertifiedStage]
    audit: list[AuditedPairs]
    instructions: list[InstructionsInPairs]
    decontamination: list[BenchmarkInPairs]
    licences: Licences
    models: list[ModelInRun]
    made_with: list[MadeWith]
    recipe: str
    """The recipe as resolved: YAML, every default written out."""


class ExportedModel(Settings):
    """The exported model whose files the statement covers under `model/`."""

    arm: str
    seed: Annotated[int, Field(ge=0)]
    stage: str
    """STAGE/KEY of what was trained."""


class Signer(Settings):
    """The key that the certificate was signed with."""

    id: str = Field(pattern=r"^[0-9a-f]{64}$")
    public: str = Field(max_length=2000)
    """PEM. It shows that the certificate is as it was signed, and not whose key it is."""


class Certificate(RunContents):
    """The whole predicate."""

    created: Annotated[str, AfterValidator(_moment)]
    """ISO 8601 time by the signer's clock."""
    secondhalf: str
    """The version that wrote it."""
    signer: Signer
    model: ExportedModel | None = None
