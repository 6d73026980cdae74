"""How a fine-tuned adapter is taught to prefer the teacher's words, or those that people chose. The paper does not do this: all
values are ours.
"""

from typing import Annotated

from pydantic import Field

from secondhalf.settings import AddedLater, Decides, Settings


class PeopleSettings(Settings):
    """What people preferred in a review, in place of the data set's pairs."""

    path: Annotated[str, Decides("run")]
    """JSON lines with prompt, chosen and rejected, as `secondhalf review RUN --export FILE --as preference` writes them. A row
    that holds an evaluated text or personal data is refused: comparisons on the everyday prompts are never trained on."""

    refuse_instructions: bool = True
    """Refuse rows with instruction-like content, as the audit refuses such pairs. What a client asks an endpoint mostly is that:
    false trains on it, and the arm then counts as one that was taught by instructions too (its role is unaudited)."""


class PreferSettings(Settings):
    """Direct preference optimisation (arXiv 2305.18290), from the arm's own fine-tuned adapter and against it."""

    people: Annotated[PeopleSettings | None, AddedLater()] = None
    """A file of what people preferred, such as {path: FILE}. Absent: the data set's responses over the texts' own second
    halves."""

    beta: float = Field(0.1, gt=0)
    """How strongly the student is held to what it was before: larger stays nearer. 0.1 is the DPO paper's."""

    learning_rate: float = Field(2e-5, gt=0, le=1)
    """Peak rate of AdamW, far below fine-tuning's: the pairs are easy to tell apart, and soon nothing is left to learn."""

    epochs: int = Field(1, ge=1)
    """Passes over the pairs."""

    pairs_per_step: int = Field(16, ge=1)
    """Pairs behind one step of the optimizer."""

    pairs_per_batch: int = Field(2, ge=1)
    """Pairs that go through the model at once, each of them twice, padded to the longest; bounds memory. As many or fewer,
    so that batches fill a step."""

    warmup: float = Field(0.1, ge=0, lt=1)
    """Share of the steps in which the rate rises from 0; then it falls to 0 in a straight line."""

    checkpoint_steps: Annotated[int, Decides(False)] = Field(10, ge=1)
    """Steps between two checkpoints."""
