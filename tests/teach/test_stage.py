"""How the teacher is asked, and the control that mirrors it."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from secondhalf.models.engines.dummy import Dummy
from secondhalf.models.journal.journal import Journal
from secondhalf.models.scheduling.dispatch import send_requests
from secondhalf.rows import Pair, from_table, to_table
from secondhalf.teach.original import mirror_originals, trim
from secondhalf.teach.plan import teacher_requests
from secondhalf.teach.settings import TeachSettings
from secondhalf.teach.stage import teach_pairs
from secondhalf.text.language import count_words


def _pair(number: int, prompt: str = "The river {runs} past the old mill", **fields) -> Pair:
    return Pair(f"p{number}", f"d{number}", "words", "en", prompt, " and then it turns to the sea at last.", **fields)


def test_the_wording_holds_the_half_as_it_stands():
    (request,) = teacher_requests(_pair(1), TeachSettings(model="dummy", ask="continue"))
    assert request.messages[-1][1].endswith("\n\nThe river {runs} past the old mill")
    assert teacher_requests(_pair(1), TeachSettings(model="dummy", ask="respond"))[0].messages == (
        ("user", "The river {runs} past the old mill"),
    )
    assert teacher_requests(_pair(1), TeachSettings(model="dummy", system="Be brief."))[0].messages[0] == (
        "system",
        "Be brief.",
    )


def test_a_wording_without_the_half_is_refused():
    with pytest.raises(ValidationError, match="must hold"):
        TeachSettings(continue_text="Continue the text.")


def test_rows_come_back_in_order_and_a_refusal_is_a_reject(tmp_path: Path):
    pairs = [_pair(1), _pair(2, "refuse this one"), _pair(3, "Another half of a text")]
    journal = Journal(tmp_path / "j")
    out, rejects, verdicts, more = teach_pairs(
        to_table(Pair, pairs),
        TeachSettings(model="dummy"),
        lambda requests, label: send_requests(requests, "d", Dummy, journal, label),
        "t",
    )
    assert more == {}
    assert out.column("id").to_pylist() == ["p1", "p3"]
    assert all(out.column("response").to_pylist())
    assert rejects.column("reason").to_pylist() == ["refused by the teacher: the dummy was told to refuse this"]
    assert verdicts.num_rows == 3


def test_the_control_has_the_same_ids_lengths_and_endings():
    pairs = [_pair(1, response="One two three four.", finish="stop"), _pair(2, response="One two.", finish="length")]
    out, rejects, _ = mirror_originals(to_table(Pair, pairs))
    rows = from_table(Pair, out)
    assert [row.id for row in rows] == ["p1", "p2"]
    assert [row.response for row in rows] == ["and then it turns", "and then"]
    assert [row.finish for row in rows] == ["stop", "length"]
    assert [count_words(row.response) for row in rows] == [4, 2]
    assert rejects.num_rows == 0


def test_trimming_counts_characters_where_words_have_no_spaces():
    assert trim("川は古い水車小屋のそばを流れる。", 4) == "川は古い"
    assert trim("short", 10) == "short"
    assert trim("all of it", None) == "all of it"
