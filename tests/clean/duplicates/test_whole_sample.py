"""The whole sample as tables: what the functions on documents say of each, in whatever order and shards they come."""

import itertools
import random

import pyarrow as pa
import pytest

from secondhalf.clean.duplicates.near import NearDuplicateSettings, check_near_duplicates
from secondhalf.clean.duplicates.passages import PassageSettings, check_passages
from secondhalf.clean.duplicates.whole_sample import find_duplicates
from secondhalf.rows import Document, Verdict, digest, from_table, to_table, with_reasons

WORDS = ["grain", "river", "winter", "mill", "wheel", "stone", "bread", "town", "slow", "old", "water", "people"]


def _documents() -> list[Document]:
    rng = random.Random(3)
    long = [" ".join(rng.choices(WORDS, k=120)) for _ in range(6)]
    texts = [" ".join(rng.choices(WORDS, k=rng.randrange(5, 60))) for _ in range(30)]
    texts += [f"{text} {number}" for number, text in enumerate(texts[:8])]  # near
    texts += [text.upper() for text in texts[8:12]]  # the same when folded
    texts += [*long, *(f"{one[:500]} and {other[-20:]}" for one, other in itertools.pairwise(long))]
    texts += ["水車小屋は川のほとりにあり、冬になると人々が穀物を運んだ。" * 8] * 2 + [""]
    rows = [Document(digest(f"{text} {number}"), text, "test", language="en") for number, text in enumerate(texts)]
    return [*sorted(rows, key=lambda row: row.id), *rows[:2]]  # two ids twice, at the end


@pytest.mark.parametrize("shard", [7, 1000])
@pytest.mark.parametrize("settings", [{}, {"enabled": False}])
def test_tables_say_what_is_said_of_each_document(shard: int, settings: dict[str, bool]) -> None:
    documents = _documents()
    for order in (documents, sorted(documents, key=lambda row: row.id), documents[::-1], documents[:1], []):
        near, passages = NearDuplicateSettings(**settings), PassageSettings(**settings)
        pairs = list(zip(check_near_duplicates(order, near), check_passages(order, passages), strict=True))
        failed = [next((verdict for verdict in pair if not verdict.passed), None) for pair in pairs]
        table = to_table(Document, order)
        shards = [table.slice(start, shard) for start in range(0, max(table.num_rows, 1), shard)]
        found = find_duplicates(lambda table=table: table, near, passages)
        assert from_table(Verdict, pa.concat_tables(found.verdicts(shards))) == [v for pair in pairs for v in pair]
        kept = [document for document, verdict in zip(order, failed, strict=True) if verdict is None]
        assert pa.concat_tables(found.rows(shards)) == to_table(Document, kept)
        refused = [document for document, verdict in zip(order, failed, strict=True) if verdict]
        assert pa.concat_tables(found.rejects(shards)) == with_reasons(
            to_table(Document, refused), [verdict for verdict in failed if verdict]
        )
        if len(order) > 1 and not settings:
            assert {verdict.check for verdict in failed if verdict} == {"near_duplicate", "passages"}
