"""Questions of many threads, handed to one engine."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from secondhalf.models.engines.request_batcher import PendingItem, RequestBatcher

NextItems = Callable[[int, bool], list[PendingItem[str, str]]]


def test_the_oldest_question_and_those_of_like_size_are_taken_together() -> None:
    batches: list[list[str]] = []
    begin = threading.Event()

    def process_batch(next_items: NextItems) -> None:
        begin.wait(5)
        while items := next_items(3, True):
            batches.append([text for text, _ in items])
            for text, future in items:
                future.set_result(text.upper())

    batcher = RequestBatcher(process_batch, size=len)
    texts = ["a", "aaaaaaaaa", "aa", "aaa", "aaaaaaaa", "aaaaaaa"]
    with ThreadPoolExecutor(len(texts)) as pool:
        items = [pool.submit(batcher.process, text) for text in texts]
        while len(batcher._waiting) < len(texts):
            pass
        begin.set()
        assert [future.result(5) for future in items] == [text.upper() for text in texts]
    batcher.close()
    assert sorted(map(sorted, batches)) == [["a", "aa", "aaa"], ["aaaaaaa", "aaaaaaaa", "aaaaaaaaa"]]


def test_questions_join_while_others_are_in_work() -> None:
    taken: list[list[str]] = []
    first, second = threading.Event(), threading.Event()

    def process_batch(next_items: NextItems) -> None:
        items = next_items(2, True)
        first.set()
        second.wait(5)
        later = next_items(2, False)
        taken.extend([text for text, _ in group] for group in (items, later, next_items(2, False)))
        for text, future in items + later:
            future.set_result(text)

    batcher = RequestBatcher(process_batch, size=len)
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(batcher.process, "one")
        first.wait(5)
        two = pool.submit(batcher.process, "two")
        while not batcher._waiting:
            pass
        second.set()
        assert (one.result(5), two.result(5)) == ("one", "two")
    batcher.close()
    assert taken[:3] == [["one"], ["two"], []]


def test_an_error_belongs_to_those_who_asked_and_the_others_go_on() -> None:
    def process_batch(next_items: NextItems) -> None:
        while items := next_items(1, True):
            (text, future), *_ = items
            if text == "all":
                raise ValueError("the engine")
            if text == "one":
                future.set_exception(KeyError("alone"))
            else:
                future.set_result(text)

    batcher = RequestBatcher(process_batch, size=len)
    with pytest.raises(ValueError, match="the engine"):
        batcher.process("all")
    with pytest.raises(KeyError):
        batcher.process("one")
    assert batcher.process("two") == "two"
    batcher.close()
    with pytest.raises(RuntimeError):
        batcher.process("late")


def test_an_engine_that_cannot_begin_fails_who_asks_and_may_begin_later() -> None:
    broken = [True]

    def process_batch(next_items: NextItems) -> None:
        if broken[0]:
            raise OSError("no device")
        while items := next_items(1, True):
            items[0][1].set_result("ok")

    batcher = RequestBatcher(process_batch, size=len)
    with ThreadPoolExecutor(2) as pool:
        for items in [pool.submit(batcher.process, text) for text in "ab"]:
            with pytest.raises(OSError, match="no device"):
                items.result(5)
    broken[0] = False
    assert batcher.process("c") == "ok"
    batcher.close()
