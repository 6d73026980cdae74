"""What to read and how much of it."""

from typing import Literal

from pydantic import Field

from secondhalf.settings import Settings


class CorpusSettings(Settings):
    """The corpus: where its documents are, and the sample drawn from it."""

    reader: Literal["pydoc", "text", "jsonl", "parquet", "hub"] = "text"
    """pydoc: the language reference inside every CPython. text: a folder of .txt and .md files. jsonl, parquet: files.
    hub: a data set of the Hugging Face hub, streamed."""

    path: str = ""
    """A file, a folder, a glob, or for `hub` ORG/NAME@REVISION. Not used by `pydoc`."""

    field: str = "text"
    """The field that holds the text (jsonl, parquet, hub)."""

    licence: str = ""
    """The licence of the texts, carried with every document and into the report."""

    sample: int = Field(1000, ge=1)
    """How many documents to draw, by a hash of their id and the seed: independent of order, and a larger sample contains
    the smaller one. The paper draws OpenWebText documents at random and keeps 80,000 pairs."""

    section_words: int | None = Field(None, ge=20)
    """Cut long documents into sections of at most this many words (Japanese: characters), at ends of paragraphs.
    Empty: documents stay whole, as in the paper."""

    scan_limit: int | None = Field(None, ge=1)
    """Read at most this many documents, then stop. The sample is then one of the beginning of the corpus."""
