"""Single questions from many threads, answered in batches: for engines that are fast only when asked together."""

import threading
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

Question = TypeVar("Question")
Answer = TypeVar("Answer")
_SETTLE = 0.02  # seconds without a new question after which a batch that is not full goes all the same


class Gather(Generic[Question, Answer]):
    """One thread that answers batches of at most `most` questions of like size and equal `kind`.

    The question that has waited longest is always among the next batch, so none waits for ever. An error of `answer`
    is the error of each question in its batch; an answer that is an exception is raised to its own asker alone.
    """

    def __init__(
        self,
        answer: Callable[[Sequence[Question]], Sequence[Answer | Exception]],
        *,
        most: int,
        size: Callable[[Question], int],
        kind: Callable[[Question], Hashable] = lambda question: None,
    ) -> None:
        self._answer, self._most, self._size, self._kind = answer, most, size, kind
        self._waiting: list[tuple[Question, Future[Answer]]] = []
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="gather", daemon=True)
        self._thread.start()

    def ask(self, question: Question) -> Answer:
        """The answer; waits for it."""
        future: Future[Answer] = Future()
        with self._changed:
            if self._closed:
                raise RuntimeError("the engine is closed")
            self._waiting.append((question, future))
            self._changed.notify()
        return future.result()

    def close(self) -> None:
        """Answers what was asked, then ends."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _work(self) -> None:
        while batch := self._next():
            try:
                answers = self._answer([question for question, _ in batch])
                for (_, future), answer in zip(batch, answers, strict=True):
                    if isinstance(answer, Exception):
                        future.set_exception(answer)
                    else:
                        future.set_result(answer)
            except BaseException as error:  # it belongs to those who asked
                for _, future in batch:
                    if not future.done():
                        future.set_exception(error)

    def _next(self) -> list[tuple[Question, "Future[Answer]"]]:
        """The next batch; empty when closed and done."""
        with self._changed:
            while not self._waiting and not self._closed:
                self._changed.wait()
            while len(self._waiting) < self._most and not self._closed:
                if not self._changed.wait(_SETTLE):
                    break
            if not self._waiting:
                return []
            first = self._waiting[0][0]
            kind, size = self._kind(first), self._size(first)
            like = [entry for entry in self._waiting if self._kind(entry[0]) == kind]
            like.sort(key=lambda entry: abs(self._size(entry[0]) - size))
            batch = like[: self._most]
            taken = {id(future) for _, future in batch}
            self._waiting = [entry for entry in self._waiting if id(entry[1]) not in taken]
            return batch
