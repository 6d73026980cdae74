"""A data set of the Hugging Face hub, streamed: only what is scanned is fetched."""

from collections.abc import Iterator

from secondhalf.corpus.settings import CorpusSettings
from secondhalf.errors import UserError


def read(settings: CorpusSettings) -> Iterator[tuple[str, str]]:
    """Yields each row's text and place. Raises UserError when the data set or its field cannot be had."""
    try:
        from datasets import load_dataset
    except ImportError as error:
        raise UserError("The hub reader needs `pip install 'secondhalf[hub]'`.") from error
    name, _, revision = settings.path.partition("@")
    try:
        rows = load_dataset(name, split="train", streaming=True, revision=revision or None)
        for number, row in enumerate(rows):
            if not isinstance(row.get(settings.field), str):
                raise UserError(f"{settings.path} row {number} has no text in {settings.field!r}: set corpus.field.")
            yield row[settings.field], str(row.get("url") or f"hf:{settings.path}:{number}")
    except (OSError, ValueError) as error:
        raise UserError(
            f"{settings.path} could not be had from the hub ({error}): check the name and the network."
        ) from error
