"""What to read and how much of it."""

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from secondhalf.corpus.encodings import AUTO, is_text_encoding
from secondhalf.settings import Decides, Settings, Share


class CorpusSettings(Settings):
    """The corpus: where its documents are, which fields they have, and the sample drawn from it."""

    reader: Literal[
        "folder", "pydoc", "text", "markdown", "html", "pdf", "docx", "pptx", "xlsx", "csv", "epub", "mail",
        "jsonl", "parquet", "saved", "warc", "hub",
    ] = "text"  # fmt: skip
    """folder: files of any of these kinds, each by what it is; its contents say so, not its name alone. text: .txt, .md and
    .rst files as they stand, a document each. markdown, pdf (with a text layer), docx, pptx: their running text, a document a
    file. html: pages, their main text. epub: a chapter a document. mail: .eml and .mbox, a message a document. csv, xlsx: a
    row a document: the column `field`, or where there is none the cells that hold sentences. jsonl, parquet: a row a
    document. saved: a data set that `datasets` saved to disk. warc: a crawl's HTML responses, or its texts (WET). hub: a data
    set of the Hugging Face hub, streamed. pydoc: the language reference inside every CPython."""

    path: str = ""
    """A file, a folder, a glob or an fsspec URL such as s3://BUCKET/FOLDER; for `hub` ORG/NAME@REVISION. Of a folder the
    reader's own files are read and the others are counted; a glob such as FOLDER/*.json.gz is read whatever it matches. Files
    may end in .gz, .bz2, .xz or .zst. Not used by `pydoc`."""

    follow_links: bool = False
    """Follow links to files and folders that stand in a folder or match a glob, wherever they lead; a loop of them ends.
    Without it they are passed over and counted. What `path` names itself may be a link."""

    encoding: str = "auto"
    """What plain text, Markdown, CSV and mail are in where they do not say it: an encoding's name, such as shift_jis or
    windows-1252. auto: UTF-8, UTF-16, Shift_JIS, EUC-JP, ISO-2022-JP and Western text are known by their bytes; a file that
    could be two of them, or none, is refused. The corpus stage counts which they were."""

    subset: str = ""
    """The hub data set's configuration, such as sample-10BT. Empty: its default."""

    split: str = "train"
    """The hub data set's split."""

    field: str = "text"
    """The field that holds the text (jsonl, parquet, saved, hub)."""

    url_field: str = "url"
    """The field that holds the text's address or id. Where a row has none, its file and number stand instead."""

    source_field: str = ""
    """The field that names where the text comes from. Empty: the reader's name is the source."""

    language_field: str = ""
    """The field with the text's language, an ISO 639-1 code. Empty: clean finds it."""

    licence_field: str = ""
    """The field with the text's own licence. Empty, or where a row has none: `licence`."""

    licence: str = ""
    """The licence of the texts; it stays with every document and stands in the report."""

    sample: int = Field(1000, ge=1)
    """How many documents to draw, by a hash of their text and the seed: independent of order, and a larger sample contains
    the smaller one. The paper draws OpenWebText documents at random and keeps 80,000 pairs."""

    per: Literal["source", "language"] | None = None
    """Draw in turn from each source or language, so that a rare one is not lost. Empty: from all texts alike."""

    shares: dict[str, Share] = {}
    """With `per`: the weight of each source or language, such as {en: 3, ja: 1}; one that is not named is left out. Empty:
    equal shares. What a small one cannot fill goes to the others."""

    section_words: int | None = Field(None, ge=20)
    """Cut long documents into sections of at most this many words (Japanese: characters), at ends of paragraphs; a
    paragraph of over four times as many, as a text without empty lines is, at ends of its lines or sentences. Empty: documents
    stay whole, as in the paper."""

    scan: int | None = Field(None, ge=1)
    """Read only this many files (hub: shards), chosen by a hash of their names below the path. Empty: all of them."""

    scan_limit: int | None = Field(None, ge=1)
    """Read at most this many documents, then stop. The sample is then one of the beginning of the corpus."""

    max_document_bytes: int = Field(5_000_000, ge=1000)
    """A longer text, line or record is refused without being held whole. Our choice: longer than any novel, and short enough
    that a few at a time cost no memory worth naming."""

    max_file_bytes: int = Field(100_000_000, ge=1000)
    """The longest file of those that are read whole (pdf, docx, pptx, xlsx, csv, epub; of mail a message), as it is and when
    it is unpacked. Ours: a long book with its pictures, and what memory can hold for each process that reads."""

    max_file_seconds: float = Field(120, gt=0)
    """The longest that one such file may take to read. Ours: a thousand pages take some ten seconds."""

    max_refused: Annotated[float, Decides(False)] = Field(0.5, ge=0, le=1)
    """Stop when a larger share of the rows cannot be read: that is a wrong recipe, not dirty data. Our choice."""

    workers: Annotated[int | None, Decides(False)] = Field(None, ge=1)
    """Processes that read, a file at a time; it decides nothing. Empty: one a core for files of 200 MB together or more."""

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, encoding: str) -> str:
        if encoding != AUTO and not is_text_encoding(encoding):
            raise ValueError(
                "there is no such encoding; write auto, or a name such as utf-8, shift_jis, euc_jp, gb18030, windows-1252"
            )
        return encoding

    @model_validator(mode="after")
    def _nothing_goes_unused(self) -> Self:
        """What would be passed over in silence: documents that are named and not read, shares of no groups."""
        if self.reader == "pydoc" and self.path:
            raise ValueError("path: the reader pydoc reads no path; write reader: folder for your own documents")
        if self.shares and self.per is None:
            raise ValueError("shares: whose they are is not said; add per: source or per: language")
        return self
