"""A data set of the Hugging Face hub, streamed: only what is scanned is fetched."""

from collections.abc import Iterator
from typing import Any

from secondhalf.corpus.readers.fields import mapper
from secondhalf.corpus.readers.items import Read, Refused, Shard
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.errors import UserError


def shards(settings: CorpusSettings) -> list[Shard]:
    """The data set's shards by number. Raises UserError when it cannot be had."""
    count = int(getattr(_stream(settings), "num_shards", 1))
    return [Shard(f"{index:05d}-of-{count:05d}", f"hf:{settings.path}") for index in range(count)]


def read(shard: Shard, settings: CorpusSettings) -> Iterator[Read | Refused]:
    """Each row's text and place. Raises UserError when the network fails: a sample must not depend on luck."""
    index, _, count = shard.name.partition("-of-")
    mapped = mapper(settings)
    rows = _stream(settings)
    try:
        part = rows.shard(num_shards=int(count), index=int(index)) if int(count) > 1 else rows
        for number, row in enumerate(part, 1):
            yield mapped(row, f"{shard.path}:{shard.name}:{number}")
    except UserError:
        raise
    except Exception as error:
        raise _unreachable(settings, error) from error


def _stream(settings: CorpusSettings) -> Any:
    try:
        from datasets import load_dataset
    except ImportError as error:
        raise UserError("The hub reader needs `pip install 'secondhalf[hub]'`.") from error
    name, _, revision = settings.path.partition("@")
    try:
        return load_dataset(
            name, settings.subset or None, split=settings.split, streaming=True, revision=revision or None
        )
    except Exception as error:
        raise _unreachable(settings, error) from error


def _unreachable(settings: CorpusSettings, error: Exception) -> UserError:
    told = str(error).splitlines()[0] if str(error) else type(error).__name__
    return UserError(
        f"{settings.path} could not be had from the hub ({told}): check path, subset, split and the network; then start "
        "again."
    )
