"""Looks at a folder of documents before there is a recipe: which kinds, which language, how long."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median

from secondhalf.corpus.readers import READERS
from secondhalf.corpus.readers.items import BrokenFileError, ReadText, Refused, Shard
from secondhalf.corpus.readers.kinds import FOLDER, kind_of
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.corpus.shards import choose_shards, name_passed_over
from secondhalf.errors import UserError
from secondhalf.rows import digest
from secondhalf.text.language import count_words, detect, is_spaceless

_MOST_FILES = 300  # that are read, chosen by a hash of their names; the others are counted by kind
_MOST_CHARACTERS = 20_000_000
_CLEAR = 0.1  # share of the documents from which on a language counts


@dataclass(frozen=True)
class Survey:
    """What stands in a folder. Words are characters where the documents are Japanese or Chinese."""

    path: str
    kinds: dict[str, int]
    """Files by reader, all of them."""
    passed_over: str
    refused: dict[str, int]
    """Files and rows that could not be read, by reason."""
    files_read: int
    languages: dict[str, float]
    """The shares of the documents that were read, of each language that counts, the most frequent first."""
    spaceless: bool
    texts: list[str] = field(repr=False)

    @property
    def files(self) -> int:
        """The files that a reader takes."""
        return sum(self.kinds.values())

    @property
    def scale(self) -> float:
        """How many documents the folder has for each that was read."""
        return self.files / max(self.files_read, 1)

    @property
    def middle_words(self) -> int:
        """The median length of a document."""
        return round(median(map(count_words, self.texts)))


def survey_documents(path: str) -> Survey:
    """Reads a part of the documents at a path. Raises UserError where there are none, naming what stands there instead."""
    settings = CorpusSettings(reader=FOLDER, path=path)
    every = choose_shards(settings)
    kinds = Counter(kind_of(shard) for shard in every.shards)
    texts: list[str] = []
    refused: Counter[str] = Counter()
    files_read = characters = 0
    for shard in choose_shards(settings.model_copy(update={"scan": _MOST_FILES})).shards:
        if characters > _MOST_CHARACTERS:
            break
        files_read += 1
        for item in _read(shard, settings):
            if isinstance(item, Refused):
                refused[item.reason.partition(":")[0]] += 1
            elif item.text.strip():
                texts.append(item.text)
                characters += len(item.text)
    if not texts:
        reasons = ", ".join(f"{count} {reason}" for reason, count in refused.most_common(3))
        raise UserError(f"{path}: none of its {len(every.shards)} files has a text that can be read ({reasons}).")
    # By hash, so that a part of them is a sample; equal texts would be one document.
    texts = sorted(dict.fromkeys(texts), key=lambda text: digest("survey", text))
    languages = Counter(detect(text[:20_000])[0] for text in texts[:500])
    shares = {
        code: count / languages.total()
        for code, count in languages.most_common()
        if code and count >= _CLEAR * languages.total()
    }
    return Survey(
        path=path,
        kinds=dict(kinds.most_common()),
        passed_over=name_passed_over(every.passed_over),
        refused=dict(refused.most_common()),
        files_read=files_read,
        languages=shares,
        spaceless=is_spaceless(" ".join(text[:2000] for text in texts[:200])),
        texts=texts,
    )


def _read(shard: Shard, settings: CorpusSettings) -> Iterator[ReadText | Refused]:
    try:
        yield from READERS[settings.reader](shard, settings)
    except BrokenFileError as broken:
        yield Refused(shard.location, str(broken))
