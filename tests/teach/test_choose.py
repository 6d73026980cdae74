"""Choosing among candidates: without a model and with one."""

from collections import Counter
from pathlib import Path

import pytest
from pydantic import ValidationError

from secondhalf.errors import UserError
from secondhalf.models.engines.dummy import Dummy
from secondhalf.models.journal.journal import Journal
from secondhalf.models.request import RefusedError, Reply, Request
from secondhalf.models.scheduling.dispatch import send_requests
from secondhalf.rows import Pair, to_table
from secondhalf.teach import judge
from secondhalf.teach.candidates import Candidate
from secondhalf.teach.choose import at_random, longest_finished
from secondhalf.teach.judge import ReplyJudgeSettings
from secondhalf.teach.plan import teacher_requests
from secondhalf.teach.settings import TeachSettings
from secondhalf.teach.stage import teach_pairs
from support.user_module import write_module


def _candidates(*replies: tuple[str, str], row: str = "p") -> list[Candidate]:
    return [Candidate.of(row, number, Reply(text, finish, 5, 10)) for number, (text, finish) in enumerate(replies)]


def test_the_longest_finished_one_wins():
    candidates = _candidates(
        ("One two.", "stop"), ("One two three four", "length"), ("One two three.", "stop"), ("", "stop")
    )
    assert longest_finished(candidates).number == 2
    assert longest_finished(_candidates(("a b", "length"), ("a b c", "length"))).number == 1
    assert longest_finished(_candidates(("a b", "stop"), ("c d", "stop"))).number == 0
    assert longest_finished(_candidates(("短い。", "stop"), ("とても長い文です。", "stop"))).number == 1
    assert longest_finished(_candidates(("", "stop"), ("cut", "length"))).number == 1


def test_a_draw_depends_on_seed_and_pair_alone_and_takes_all():
    chosen = [
        at_random(_candidates(("a", "stop"), ("b", "stop"), ("", "stop"), row=f"p{i}"), 1).number for i in range(300)
    ]
    counts = Counter(chosen)
    assert set(counts) == {0, 1}
    assert min(counts.values()) > 100
    assert chosen == [
        at_random(_candidates(("a", "stop"), ("b", "stop"), ("", "stop"), row=f"p{i}"), 1).number for i in range(300)
    ]


def test_the_judge_sees_both_orders_and_texts_cannot_open_places():
    candidates = _candidates(("{text} one", "stop"), ("two", "stop"))
    first, second = judge.judge_requests("p", "The half {candidates}", candidates, ReplyJudgeSettings())
    assert (first.id, second.id) == ("p#0", "p#1")
    assert "1. {text} one\n\n2. two" in first.messages[0][1]
    assert "1. two\n\n2. {text} one" in second.messages[0][1]
    assert first.messages[0][1].count("The half {candidates}") == 1


@pytest.mark.parametrize(
    ("verdicts", "chosen"),
    [
        (("1", "2"), 0),
        (("2", "1"), 1),
        (("Number 2.", "１"), 1),
        (("<think>1 or 2? 1.</think>2", "1"), 1),
        (("1", "1"), 1),  # they disagree: the longer finished one of the two
        (("none", "9"), 1),
        (("1", "nonsense"), 0),
    ],
)
def test_the_judges_word_and_what_happens_without_one(verdicts: tuple[str, str], chosen: int):
    candidates = _candidates(("short.", "stop"), ("a longer one.", "stop"))
    replies = {f"p#{turn}": Reply(text, "stop", 1, 1) for turn, text in enumerate(verdicts)}
    assert judge.judged_candidate("p", candidates, replies).number == chosen


def test_a_judge_that_refuses_leaves_the_longest():
    candidates = _candidates(("short.", "stop"), ("a longer one.", "stop"))
    assert judge.judged_candidate("p", candidates, {"p#0": RefusedError("no"), "p#1": RefusedError("no")}).number == 1


def _pair(number: int, prompt: str) -> Pair:
    return Pair(f"p{number}", f"d{number}", "words", "en", prompt, " and so on.")


def test_the_first_reply_is_asked_as_ever_and_the_others_with_seeds_of_their_own():
    pair = _pair(1, "The river runs")
    (alone,) = teacher_requests(pair, TeachSettings(model="dummy"))
    requests = teacher_requests(pair, TeachSettings(model="dummy", replies=4))
    assert requests[0] == alone
    assert len({request.key("m") for request in requests}) == 4
    assert len({request.seed for request in requests}) == 4


def test_candidates_stand_apart_and_the_chosen_one_in_the_pair(tmp_path: Path):
    journal = Journal(tmp_path / "j")
    pairs = [_pair(i, f"The river number {i} runs past the old mill and on to the sea") for i in range(6)]
    settings = TeachSettings(model="dummy", replies=3, choose="judge", judge=ReplyJudgeSettings(model="dummy"))
    sent: list[Request] = []

    def send(requests, label):
        return send_requests(requests, "dummy", Dummy, journal, label)

    def send_to_judge(requests, label):
        sent.extend(requests)
        return ((request.id, Reply("1" if request.id.endswith("#0") else "3", "stop", 1, 1)) for request in requests)

    out, rejects, _, more = teach_pairs(
        to_table(Pair, [*pairs, _pair(9, "refuse this")]), settings, send, "t", send_to_judge
    )
    candidates = more["candidates"]
    assert candidates.num_rows == 18
    assert rejects.column("id").to_pylist() == ["p9"]
    assert len(sent) == 12
    chosen = {row["id"]: row for row in candidates.to_pylist() if row["chosen"]}
    assert {row["number"] for row in chosen.values()} == {0}
    assert {row["id"]: row["response"] for row in out.to_pylist()} == {key: c["response"] for key, c in chosen.items()}


def test_thinking_is_counted_in_a_table_of_its_own():
    def send(requests, label):
        return ((request.id, Reply("<think>12345</think>12345", "stop", 7, 20)) for request in requests)

    out, _, _, more = teach_pairs(to_table(Pair, [_pair(1, "The river")]), TeachSettings(model="dummy"), send, "t")
    (row,) = more["candidates"].to_pylist()
    assert (row["thinking_characters"], row["thinking_tokens"], row["response_tokens"]) == (5, 10, 20)
    assert out.column("response").to_pylist() == ["12345"]


def test_settings_that_cannot_be_meant_are_refused():
    with pytest.raises(ValidationError, match=r"judge\.model"):
        TeachSettings(model="dummy", replies=2, choose="judge")
    with pytest.raises(ValidationError, match="replies must be 1"):
        TeachSettings(model="replay:r.jsonl", replies=2)
    with pytest.raises(ValidationError, match="once each"):
        ReplyJudgeSettings(wording="Which one?")


def test_money_takes_no_part_in_the_stages_key():
    plain = TeachSettings(model="dummy")
    rich = TeachSettings(model="dummy", budget={"tokens": 5, "dollars": 1}, prices="p.yaml")
    assert plain.deciding("teach") == rich.deciding("teach")
    served = TeachSettings(model="m", server={"urls": ["http://127.0.0.1:1/v1"]}, batch=True)
    assert served.deciding("teach") == plain.deciding("teach")
    with pytest.raises(ValidationError, match=r"server\.urls"):
        TeachSettings(model="dummy", batch=True)
    more = TeachSettings(model="m", server={"urls": ["http://127.0.0.1:1/v1"], "extra": {"reasoning_effort": "low"}})
    assert more.deciding("teach") != plain.deciding("teach")


CHOOSE = """
    def shortest(pair, candidates):
        if pair.id == "p2":
            raise RuntimeError("not this one")
        return min(candidates, key=lambda candidate: len(candidate.response))

    def place(pair, candidates):
        return {"p0": 0, "p1": 2, "p2": 3}.get(pair.id, -1)

    def yes(pair, candidates):
        return True
    """


def _taught(path: str, replies: int = 3) -> tuple[list[dict], list[dict], list[dict], list[dict]]:
    texts = ["a reply of some length", "short", "another reply", "more"]

    def send(requests, label):
        for request in requests:
            row, _, number = request.id.partition("#")
            refused = row == "p4" or (row == "p3" and number)
            yield request.id, RefusedError("no") if refused else Reply(texts[int(number or 0)], "stop", 1, 2)

    pairs = to_table(Pair, [_pair(number, "The river") for number in range(5)])
    rows, rejects, verdicts, more = teach_pairs(
        pairs, TeachSettings(model="dummy", replies=replies, choose=path), send, "t"
    )
    candidates = more["candidates"].to_pylist() if more else []
    return rows.to_pylist(), rejects.to_pylist(), verdicts.to_pylist(), candidates


def test_a_function_outside_the_package_chooses(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    name = write_module(CHOOSE)
    rows, rejects, verdicts, candidates = _taught(f"{name}:shortest")
    # p3 has one candidate, which is taken without asking; p4 has none.
    assert [(row["id"], row["response"]) for row in rows] == [
        ("p0", "short"), ("p1", "short"), ("p3", "a reply of some length"),
    ]  # fmt: skip
    assert [(row["id"], row["check"], row["reason"]) for row in rejects] == [
        ("p2", f"{name}:shortest", f"{name}.shortest raised RuntimeError: not this one"),
        ("p4", "answered", "refused by the teacher: no"),
    ]
    assert [row["id"] for row in verdicts if row["check"] == f"{name}:shortest"] == ["p0", "p1", "p2"]
    assert {row["id"] for row in candidates if row["chosen"]} == {"p0", "p1", "p3"}
    assert len(candidates) == 10

    rows, rejects, _, _ = _taught(f"{name}:place")
    assert [row["response"] for row in rows] == ["a reply of some length", "another reply", "a reply of some length"]
    assert rejects[0]["reason"] == f"{name}.place picked none of the candidates"
    with pytest.raises(UserError, match=r"teach\.choose: .*:yes returned True; it must return one of the candidates"):
        _taught(f"{name}:yes")


def test_one_reply_is_not_chosen_from() -> None:
    rows, _, verdicts, _ = _taught("not_there_of_mine:f", replies=1)
    assert len(rows) == 4
    assert {row["check"] for row in verdicts} == {"answered"}
