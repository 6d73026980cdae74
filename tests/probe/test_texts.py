from secondhalf.probe.texts import load_texts


def test_our_own_texts_come_in_pairs_of_languages() -> None:
    texts = load_texts()
    names = {language: {t.id.partition("-")[2] for t in texts if t.language == language} for language in ("en", "ja")}
    assert names["en"] == names["ja"]
    assert len({text.id for text in texts}) == len(texts) == 20
    assert all(len(text.text) > (150 if text.language == "ja" else 400) for text in texts)
