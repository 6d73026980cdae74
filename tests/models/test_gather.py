"""Questions of many threads, answered together."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from secondhalf.models.gather import Gather


def test_like_sizes_and_equal_kinds_share_a_batch():
    batches: list[list[str]] = []
    begin = threading.Event()

    def answer(some):
        begin.wait(5)
        batches.append(list(some))
        return [text.upper() for text in some]

    gather = Gather(answer, most=3, size=len, kind=lambda text: text[0])
    texts = ["a", "aaaaaaaaa", "aa", "bb", "aaa", "aaaaaaaa", "aaaaaaa", "b"]
    with ThreadPoolExecutor(len(texts)) as pool:
        asked = [pool.submit(gather.ask, text) for text in texts]
        begin.set()
        assert [future.result(5) for future in asked] == [text.upper() for text in texts]
    gather.close()
    assert all(len(batch) <= 3 and len({text[0] for text in batch}) == 1 for batch in batches)
    assert sorted(text for batch in batches for text in batch) == sorted(texts)
    assert len(batches) < len(texts)


def test_an_error_belongs_to_those_who_asked_and_the_others_go_on():
    def answer(some):
        if "all" in some:
            raise ValueError("the batch")
        return [KeyError("alone") if text == "one" else text for text in some]

    gather = Gather(answer, most=1, size=len)
    with pytest.raises(ValueError, match="the batch"):
        gather.ask("all")
    with pytest.raises(KeyError):
        gather.ask("one")
    assert gather.ask("two") == "two"
    gather.close()
    with pytest.raises(RuntimeError):
        gather.ask("late")
