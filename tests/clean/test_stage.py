"""Each filter refuses what it is for and nothing else; every verdict is kept."""

from pathlib import Path

import pytest

from secondhalf.clean.stage import CleanSettings, clean_documents, drop_duplicates, examine_document
from secondhalf.rows import Document, Verdict, digest, from_table, to_table
from support.user_module import write_module

ENGLISH = (
    "The town council met on Monday evening to discuss the new library, which is to be built next to the station. "
    "Most of those who spoke were in favour of it, and only the owner of the old mill had doubts about the cost. "
    "She said that nobody had asked the people of the eastern quarter, who would have to walk for half an hour. "
    "The mayor promised to look into a bus that would stop at the door twice an hour. Two more meetings are planned. "
    "By the end of the year the plans should be ready for everyone to see."
)
JAPANESE = """町の図書館は来年の春に駅前の新しい建物へ移る予定です。これまでの建物は築五十年を超え、雨漏りや段差が利用者を困らせてきました。
新しい館では一階に子どもの本を集め、床に座って読める広い場所をつくります。二階には郷土の資料と静かな学習室が入り、夜九時まで開くそうです。
先月の説明会には百人ほどの市民が集まりました。「駐車場が足りないのではないか」という質問に対し、担当者はバスの本数を増やす案を示しました。"""


def _clean(*texts: str, **settings):
    rows = [Document(digest(text), text, "test") for text in texts]
    return clean_documents(to_table(Document, rows), CleanSettings(**settings))


def test_english_and_japanese_prose_passes_with_its_language():
    kept, rejects, verdicts = _clean(ENGLISH, JAPANESE)
    assert kept.column("language").to_pylist() == ["en", "ja"]
    assert rejects.num_rows == 0
    checks = {verdict.check.partition(".")[0].partition("_")[0] for verdict in from_table(Verdict, verdicts)}
    assert checks == {
        *("encoding", "invisible", "bidirectional", "length", "language", "scripts", "prose", "markup", "boilerplate"),
        *("adult", "gopher", "c4", "fineweb", "ja", "personal"),
    }


@pytest.mark.parametrize(
    ("text", "check", "reason"),
    [
        ("Too short to split.", "length", "too short"),
        ("短すぎる文章です。", "length", "too short"),
        ("x = 1; y = {2: 3}; z[4] = 5 ** 6\n" * 30, "prose", "too few letters"),
        (">>> print('hello world and more words')\n" * 30, "prose", "mostly code"),
        (ENGLISH + "\ufffd", "encoding", "broken encoding"),
        (
            "word " + "and that is the word of the day. " * 40,
            "gopher_repetition.3-gram, the most frequent",
            "repeated n-grams",
        ),
        (ENGLISH.replace("library", "{library}"), "c4.curly_bracket", "curly brackets"),
        (ENGLISH.replace(". ", ", "), "c4.sentences", "too few sentences"),
        (" ".join(f"{n}, {n}; word" for n in range(30)), "gopher_quality.letter_words", "too few words with letters"),
    ],
)
def test_what_is_refused_says_by_what_and_why(text: str, check: str, reason: str):
    kept, rejects, verdicts = _clean(text, ENGLISH)
    assert kept.num_rows == 1
    failed = [
        (verdict.check, verdict.reason.partition(":")[0])
        for verdict in from_table(Verdict, verdicts)
        if not verdict.passed
    ]
    assert (check, reason) in failed
    assert [(row["check"], row["reason"].partition(":")[0]) for row in rejects.to_pylist()] == failed[
        :1
    ]  # named by the first


def test_a_language_that_was_not_asked_for():
    _, rejects, _ = _clean(ENGLISH, JAPANESE, language={"allowed": ["ja"]})
    assert [(row["text"], row["reason"]) for row in rejects.to_pylist()] == [
        (ENGLISH, "language not allowed: en, not of ja (clean.language.allowed)")
    ]


def test_a_text_with_nothing_to_mend_is_not_changed():
    kept, _, _ = _clean(ENGLISH, JAPANESE)
    assert kept.column("text").to_pylist() == [ENGLISH, JAPANESE]


def test_a_rewritten_text_keeps_the_id_of_the_text_as_read():
    given = ENGLISH.replace("The mayor", "\u202eThe mayor (mayor@example.org)") + "\x00"
    kept, rejects, _ = _clean(given)
    assert rejects.num_rows == 0
    assert kept.column("id").to_pylist() == [digest(given)]
    assert kept.column("text").to_pylist() == [ENGLISH.replace("The mayor", "The mayor ([email])")]


def test_spans_are_places_in_the_text_that_the_filter_was_given():
    given = "\u202e" + ENGLISH.replace("The mayor", "The mayor (mayor@example.org)")
    _, steps = examine_document(Document("0", given, "test"), CleanSettings())
    verdicts = [(step, verdict) for step in steps for verdict in step.verdicts if verdict.check == "personal email"]
    assert [step.text[verdict.start : verdict.end] for step, verdict in verdicts] == ["mayor@example.org"]


def test_whoever_repeats_an_earlier_document_is_refused():
    rows = sorted(
        (Document(digest(text), text, "test") for text in (ENGLISH, ENGLISH.upper(), JAPANESE)), key=lambda d: d.id
    )
    kept, rejects, verdicts = drop_duplicates(to_table(Document, rows), CleanSettings())
    assert (kept.num_rows, rejects.num_rows, verdicts.num_rows) == (2, 1, 6)
    assert rejects.to_pylist()[0]["reason"].startswith("duplicate: of ")


FILTER = """
    from secondhalf.rows import Verdict

    def no_mayor(document):
        if document.language != "en":
            raise ValueError("English alone")
        start = document.text.find("mayor")
        return Verdict(document.id, "", start < 0, float(start >= 0), "speaks of a mayor" * (start >= 0), start, start + 5)
    """


def test_a_filter_outside_the_package_sees_the_text_as_the_others_left_it(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = f"{write_module(FILTER)}:no_mayor"
    given = "\u202e" + ENGLISH
    kept, rejects, verdicts = _clean(given, JAPANESE, filters=[path])
    assert kept.num_rows == 0
    assert [(row["check"], row["reason"]) for row in rejects.to_pylist()] == [
        (path, "speaks of a mayor"),
        (path, f"{path.replace(':', '.')} raised ValueError: English alone"),
    ]
    assert len([row for row in verdicts.to_pylist() if row["check"] == path]) == 2
    _, steps = examine_document(Document("0", given, "test"), CleanSettings(filters=[path]))
    (step,) = [step for step in steps if step.name == path]
    assert step.text == ENGLISH
    assert step.text[step.verdicts[0].start : step.verdicts[0].end] == "mayor"
