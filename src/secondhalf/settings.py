"""The base of every stage's settings: unknown keys are errors, and the text under a field is its documentation."""

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """Frozen, strict about keys; the docstring under a field becomes its help and its YAML comment."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, validate_default=True)
