"""Tokenised pairs, kept in files: written shard by shard, several at once, and read where they lie.

    STAGE/tokens/part-N.arrow   TOKENS of one shard, Arrow IPC, written under another name first

Memory holds a few numbers an example; its ids are mapped from the file when its step comes. A run that was stopped goes
on at the shard where it stopped.
"""

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence, Sized
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, overload

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from secondhalf.errors import UserError
from secondhalf.models.chat.loss_mask import mask_prompt
from secondhalf.models.weights.packing import Example
from secondhalf.progress import Progress
from secondhalf.store import Stage
from secondhalf.store.checksums import file_checksum, record
from secondhalf.store.files import make_folder, rename_durably
from secondhalf.store.mapper import ShardTables
from secondhalf.store.parts import in_order
from secondhalf.store.workers import ALONE, Workers
from secondhalf.train.tokens import TOKENS, Encoder

ROWS_PER_SHARD = 8192  # pairs


class TokenDataset(Sequence[Example]):
    """Rows of token files as examples, in a given order. `lengths` [examples]: tokens of each."""

    def __init__(self, batches: list[pa.RecordBatch], rows: NDArray[np.int64], lengths: NDArray[np.int64]) -> None:
        self._batches, self._rows, self.lengths = batches, rows, lengths
        self._starts = np.cumsum([0, *(batch.num_rows for batch in batches)])

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def plain(self) -> NDArray[np.bool_]:
        """Which of the examples [examples] are plain text beside the pairs."""
        return np.asarray(self._column("plain"), bool)

    @property
    def pairs(self) -> int:
        """How many of the examples are pairs, and no plain text beside them."""
        return int((~self.plain).sum())

    @property
    def supervised_tokens(self) -> int:
        """Tokens of all responses and their ends."""
        after = self.lengths - self._column("prompt")
        return int(after[~self.plain].sum())

    def _column(self, name: str) -> NDArray[Any]:
        column = np.concatenate([batch.column(name).to_numpy(zero_copy_only=False) for batch in self._batches])
        return column[self._rows]

    @overload
    def __getitem__(self, index: int) -> Example: ...
    @overload
    def __getitem__(self, index: slice) -> list[Example]: ...
    def __getitem__(self, index: int | slice) -> Example | list[Example]:
        """Token ids and labels of one example; the label is -100 where the loss is masked, over the whole prompt."""
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        row = int(self._rows[index])
        part = int(np.searchsorted(self._starts, row, side="right")) - 1
        batch, row_in_batch = self._batches[part], row - int(self._starts[part])
        tokens: list[int] = batch.column("tokens")[row_in_batch].as_py()
        prompt_length = batch.column("prompt")[row_in_batch].as_py()
        return tokens, mask_prompt(tokens, prompt_length)


def tokenise_pairs(
    shards: Iterable[pa.Table], encoder: Encoder, stage: Stage, count: int, label: str, workers: Workers = ALONE
) -> None:
    """Writes the token files, rejects- and verdicts- tables of those shards that have none yet. `count`: pairs of all.

    Threads of this process do it, or the `workers` of a cluster.
    """
    folder = stage.path / "tokens"
    make_folder(folder)
    executor = workers.pool() if workers.on_cluster else ThreadPoolExecutor(encoder.threads)
    with executor as pool, Progress(f"{label}, tokens", count, "pairs") as progress:
        pending: deque[tuple[int, int, Future[ShardTables]]] = deque()
        for index, shard in enumerate(_resliced(shards)):
            if _part(folder, index).is_file():
                progress.advance(shard.num_rows)
                continue
            # On a cluster a slice would be sent with the whole table behind it.
            sent = shard.combine_chunks() if workers.on_cluster else shard
            pending.append((index, shard.num_rows, pool.submit(encoder, sent)))
            # Few shards are under way at a time, so memory does not follow the table.
            if len(pending) > (2 * workers.count if workers.on_cluster else encoder.threads):
                _write(folder, stage, *pending.popleft(), progress)
        while pending:
            _write(folder, stage, *pending.popleft(), progress)


def read_datasets(stage: Stage) -> tuple[TokenDataset, TokenDataset, list[int]]:
    """Examples to train on, held-out ones, and the sizes of the phases that the first are trained in."""
    batches = [batch for path in in_order((stage.path / "tokens").glob("part-*.arrow")) for batch in _mapped(path)]
    if not batches:
        batches = [pa.RecordBatch.from_pylist([], TOKENS)]
    held_out, phase = (
        np.concatenate([b.column(name).to_numpy(zero_copy_only=False) for b in batches]) for name in ("held", "phase")
    )
    lengths = np.concatenate([np.diff(batch.column("tokens").offsets.to_numpy()) for batch in batches]).astype(np.int64)
    train_rows, held_out_rows = np.flatnonzero(~held_out.astype(bool)), np.flatnonzero(held_out.astype(bool))
    train_rows = train_rows[np.argsort(phase[train_rows], kind="stable")]
    sizes = [int(size) for size in np.unique(phase[train_rows], return_counts=True)[1]]
    train = TokenDataset(batches, train_rows, lengths[train_rows])
    return train, TokenDataset(batches, held_out_rows, lengths[held_out_rows]), sizes


def check_not_empty(label: str, pairs: int, train: Sized, rejects: pa.Table) -> None:
    """Raises UserError when nothing is left to train on: it says why, and where to look. `pairs`: how many came."""
    if len(train):
        return
    if not pairs:
        raise UserError(
            f"{label}: there is no pair to train on: every one was refused before; `secondhalf show RUN audit` tells why."
        )
    if rejects.num_rows < pairs:
        raise UserError(f"{label}: all of the few pairs are held out: lower train.held_out, or use more documents.")
    counts = Counter(reason.partition(":")[0] for reason in rejects.column("reason").to_pylist())
    reasons = ", ".join(f"{count} {reason}" for reason, count in counts.most_common())
    raise UserError(
        f"{label}: none of {pairs} pairs can be trained on ({reasons}): raise train.max_length, cut shorter halves "
        "(split.max_prompt_words, teach.sampling.max_tokens), or choose another student."
    )


def _resliced(shards: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Shards of no more than ROWS_PER_SHARD pairs; one at least, so that the tables exist."""
    empty = True
    for shard in shards:
        for start in range(0, shard.num_rows, ROWS_PER_SHARD):
            empty = False
            yield shard.slice(start, ROWS_PER_SHARD)
        last = shard
    if empty:
        yield last.slice(0, 0)


def _part(folder: Path, index: int) -> Path:
    return folder / f"part-{index:05d}.arrow"


def _write(
    folder: Path, stage: Stage, index: int, count: int, future: "Future[ShardTables]", progress: Progress
) -> None:
    rows, rejects, verdicts = future.result()
    stage.write("verdicts", index, verdicts)
    stage.write("rejects", index, rejects)
    temporary = folder / f"tmp-{index:05d}"
    with pa.OSFile(str(temporary), "wb") as sink, pa.ipc.new_file(sink, TOKENS) as writer:
        writer.write_table(rows.combine_chunks())
    path = _part(folder, index)
    record(stage.path, path.relative_to(stage.path).as_posix(), file_checksum(temporary))
    rename_durably(temporary, path)
    progress.advance(count)


def _mapped(path: Path) -> list[pa.RecordBatch]:
    file = pa.ipc.open_file(pa.memory_map(str(path)))
    return [file.get_batch(number) for number in range(file.num_record_batches)]
