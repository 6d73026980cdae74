"""A data set of the Hugging Face hub, streamed: only what is scanned is fetched."""

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from secondhalf import install
from secondhalf.corpus.readers.fields import row_mapper
from secondhalf.corpus.readers.items import ReadText, Refused, Shard
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.errors import UserError
from secondhalf.models.hub.client import is_offline, status_of
from secondhalf.models.hub.errors import gated_fault, hub_error
from secondhalf.models.hub.reference import HubReference

if TYPE_CHECKING:
    from datasets import IterableDataset


def shards(settings: CorpusSettings) -> list[Shard]:
    """The data set's shards by number. Raises UserError when it cannot be had, or `datasets` is not installed."""
    count = int(getattr(_stream(settings), "num_shards", 1))
    return [Shard(f"{index:05d}-of-{count:05d}", f"hf:{settings.path}") for index in range(count)]


def read(shard: Shard, settings: CorpusSettings) -> Iterator[ReadText | Refused]:
    """Each row's text and location. Raises UserError when the network fails: a sample must not depend on luck."""
    index, _, count = shard.name.partition("-of-")
    map_row = row_mapper(settings)
    rows = _stream(settings)
    try:
        part = rows.shard(num_shards=int(count), index=int(index)) if int(count) > 1 else rows
        for number, row in enumerate(part, 1):
            yield map_row(row, f"{shard.path}:{shard.name}:{number}")
    except UserError:
        raise
    except Exception as error:
        raise _hub_error(settings, error) from error


def _stream(settings: CorpusSettings) -> "IterableDataset":
    try:
        from datasets import load_dataset
    except ImportError as error:
        raise UserError(f"The hub reader needs {install.extra('hub')}.") from error
    name, *revisions = settings.path.split("@")  # NAME, NAME@REVISION, or pinned NAME@REVISION@COMMIT
    revision = revisions[-1] if revisions else None
    try:
        return load_dataset(name, settings.subset or None, split=settings.split, streaming=True, revision=revision)
    except Exception as error:
        raise _hub_error(settings, error) from error


def _hub_error(settings: CorpusSettings, error: Exception) -> UserError:
    if is_offline():
        return UserError(
            f"{settings.path} is streamed from the hub, and HF_HUB_OFFLINE is set: unset it, or read files of yours."
        )
    with suppress(UserError):  # a name that only `datasets` knows
        reference = HubReference.parse(f"hf:datasets/{settings.path}")
        if "is a gated dataset" in str(error):  # it drops what the hub's client raised
            return UserError(gated_fault(reference))
        if status_of(error):
            return hub_error(reference, error)
    detail = str(error).splitlines()[0] if str(error) else type(error).__name__
    return UserError(
        f"{settings.path} could not be had from the hub ({detail}): check path, subset, split and the network; then start "
        "again."
    )
