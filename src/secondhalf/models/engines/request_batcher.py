"""Single questions from many threads, handed to an engine that is fast only when many are in work at once."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
PendingItem = tuple[Item, Future[Result]]
_SETTLE = 0.02  # seconds without a new question after which an idle engine begins with fewer than it has room for


class RequestBatcher(Generic[Item, Result]):
    """One thread that works on what is asked, by `process_batch(next_items)`.

    `next_items(most, idle)` gives the next items, at most so many, with the futures that their answers are set on: the one
    that has waited longest and those nearest to it in `size`. With `idle` it waits for the first; an empty list is the
    end. An error of `process_batch` is the error of every item that it had taken and not answered, or of all where it had
    taken none; it is then called again.
    """

    def __init__(
        self,
        process_batch: Callable[[Callable[[int, bool], list[PendingItem[Item, Result]]]], None],
        *,
        size: Callable[[Item], int],
    ) -> None:
        self._process_batch, self._size = process_batch, size
        self._waiting: list[PendingItem[Item, Result]] = []
        self._taken: list[Future[Result]] = []
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="gather", daemon=True)
        self._thread.start()

    def process(self, item: Item) -> Result:
        """The answer; waits for it."""
        future: Future[Result] = Future()
        with self._changed:
            if self._closed:
                raise RuntimeError("the engine is closed")
            self._waiting.append((item, future))
            self._changed.notify()
        return future.result()

    def close(self) -> None:
        """Answers what was asked, then ends."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _work(self) -> None:
        while self._has_work():
            try:
                self._process_batch(self._next_items)
            except BaseException as error:  # it belongs to those who asked
                self._fail(error)

    def _has_work(self) -> bool:
        """Waits for the first question; False when closed and done."""
        with self._changed:
            while not self._waiting and not self._closed:
                self._changed.wait()
            return bool(self._waiting)

    def _fail(self, error: BaseException) -> None:
        with self._changed:
            failed = [future for future in self._taken if not future.done()]
            if not failed:  # it cannot even begin
                failed, self._waiting = [future for _, future in self._waiting], []
            for future in failed:
                future.set_exception(error)

    def _next_items(self, most: int, idle: bool) -> list[PendingItem[Item, Result]]:
        with self._changed:
            while idle and not self._waiting and not self._closed:
                self._changed.wait()
            while idle and len(self._waiting) < most and not self._closed:
                if not self._changed.wait(_SETTLE):
                    break
            if not self._waiting:
                return []
            first = self._size(self._waiting[0][0])
            nearest = sorted(
                range(len(self._waiting)), key=lambda index: abs(self._size(self._waiting[index][0]) - first)
            )
            chosen = set(nearest[:most])
            batch = [self._waiting[index] for index in nearest[:most]]
            self._waiting = [pending for index, pending in enumerate(self._waiting) if index not in chosen]
            self._taken = [*(future for future in self._taken if not future.done()), *(future for _, future in batch)]
            return batch
