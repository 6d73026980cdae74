"""Questions of many threads, handed to one engine."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from secondhalf.models.engines.request_batcher import PendingItem, RequestBatcher

Take = Callable[[int, bool], list[PendingItem[str, str]]]


def test_the_oldest_question_and_those_of_like_size_are_taken_together() -> None:
    batches: list[list[str]] = []
    begin = threading.Event()

    def work(take: Take) -> None:
        begin.wait(5)
        while asked := take(3, True):
            batches.append([text for text, _ in asked])
            for text, future in asked:
                future.set_result(text.upper())

    gather = RequestBatcher(work, size=len)
    texts = ["a", "aaaaaaaaa", "aa", "aaa", "aaaaaaaa", "aaaaaaa"]
    with ThreadPoolExecutor(len(texts)) as pool:
        asked = [pool.submit(gather.ask, text) for text in texts]
        while len(gather._waiting) < len(texts):
            pass
        begin.set()
        assert [future.result(5) for future in asked] == [text.upper() for text in texts]
    gather.close()
    assert sorted(map(sorted, batches)) == [["a", "aa", "aaa"], ["aaaaaaa", "aaaaaaaa", "aaaaaaaaa"]]


def test_questions_join_while_others_are_in_work() -> None:
    taken: list[list[str]] = []
    first, second = threading.Event(), threading.Event()

    def work(take: Take) -> None:
        asked = take(2, True)
        first.set()
        second.wait(5)
        later = take(2, False)
        taken.extend([text for text, _ in some] for some in (asked, later, take(2, False)))
        for text, future in asked + later:
            future.set_result(text)

    gather = RequestBatcher(work, size=len)
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(gather.ask, "one")
        first.wait(5)
        two = pool.submit(gather.ask, "two")
        while not gather._waiting:
            pass
        second.set()
        assert (one.result(5), two.result(5)) == ("one", "two")
    gather.close()
    assert taken[:3] == [["one"], ["two"], []]


def test_an_error_belongs_to_those_who_asked_and_the_others_go_on() -> None:
    def work(take: Take) -> None:
        while asked := take(1, True):
            (text, future), *_ = asked
            if text == "all":
                raise ValueError("the engine")
            if text == "one":
                future.set_exception(KeyError("alone"))
            else:
                future.set_result(text)

    gather = RequestBatcher(work, size=len)
    with pytest.raises(ValueError, match="the engine"):
        gather.ask("all")
    with pytest.raises(KeyError):
        gather.ask("one")
    assert gather.ask("two") == "two"
    gather.close()
    with pytest.raises(RuntimeError):
        gather.ask("late")


def test_an_engine_that_cannot_begin_fails_who_asks_and_may_begin_later() -> None:
    broken = [True]

    def work(take: Take) -> None:
        if broken[0]:
            raise OSError("no device")
        while asked := take(1, True):
            asked[0][1].set_result("ok")

    gather = RequestBatcher(work, size=len)
    with ThreadPoolExecutor(2) as pool:
        for asked in [pool.submit(gather.ask, text) for text in "ab"]:
            with pytest.raises(OSError, match="no device"):
                asked.result(5)
    broken[0] = False
    assert gather.ask("c") == "ok"
    gather.close()
