"""Dense adult words are refused; a single word, and words that only look like one, are not."""

import pytest

from secondhalf.clean.adult import AdultSettings, check_adult
from secondhalf.rows import Document

ENGLISH = "The town council met on Monday evening to discuss the new library and its garden. "
JAPANESE = "町の図書館は来年の春に新しい建物へ移る予定です。市民の意見を聞く会が開かれました。"


def _run(text: str, **settings):
    return check_adult(Document("d", text, "test"), AdultSettings(**settings))


@pytest.mark.parametrize(
    "text",
    [
        "",
        ENGLISH,
        JAPANESE,
        "Scunthorpe, Essex, Sussex and Middlesex drank cocktails; the cock crowed, the ass brayed, Dick Whittington's bitch "
        "had pups; she graduated magna cum laude and assessed the titmouse, the shiitake and Dickens's Bleak House.",
        "Breast cancer, sexual health, condoms and the penis are explained to pupils; lesbian, gay and queer people live here.",
        "女の子がエセックスとミドルセックスの紅茶を飲み、昆虫の変態とクジラの潮吹きを観察した。",
        "ここで死ねば終わりだ。死ねない理由がある。イバニセビッチとジョコビッチの試合、乳がん検診、性教育、同性愛者の権利。",
        "“Shit,” he said, and looked at the broken cup. " + ENGLISH,
        "「死ね」と叫ぶ声が聞こえた。" + JAPANESE,
    ],
)
def test_innocent_text_passes(text: str):
    assert _run(text).passed


def test_words_that_only_look_like_one_are_not_counted():
    assert (
        _run("Scunthorpe Essex cocktail Middlesex shiitake pornography titbit エセックス ミドルセックス 死ねば").score
        == 0
    )


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Free porn, horny milfs and nude camgirls tonight! " + ENGLISH, "porn"),
        ("FUCK you, you fucking ASSHOLE, fuck off. " + ENGLISH, "FUCK"),
        ("無修正動画とエロ画像、巨乳の痴女が中出しするアダルトサイトはこちら。" + JAPANESE, "無修正動画"),
        ("死ね死ね死ね、クソ野郎。" + JAPANESE, "死ね"),
    ],
)
def test_dense_words_are_refused_with_the_first(text: str, first: str):
    verdict = _run(text)
    assert (verdict.passed, verdict.reason.partition(":")[0]) == (False, "adult or profane words")
    assert text[verdict.start : verdict.end] == first
    assert _run(text, max_share=1).passed
    assert _run(text, tolerated=50).passed
    # The same words in a book pass.
    assert _run(text + ENGLISH * 100).passed


def test_mixtures_and_counts():
    assert not _run("porn " * 31 + ENGLISH * 1000).passed
    assert _run("porn " * 30 + ENGLISH * 1000).passed
    assert not _run("One shit. " + ENGLISH * 50, max_share=0, tolerated=0).passed
    assert _run("shit エロ動画").score == pytest.approx(8 / 8)
    assert not _run("İ porn, porno and hentai").passed
