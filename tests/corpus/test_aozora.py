"""Files of Aozora Bunko lose their marks; other texts keep what looks like them."""

from pathlib import Path

from secondhalf.corpus.aozora import without_aozora_marks
from support.office_files import text_of

RULE = "-" * 55
FILE = f"""吾輩は猫である
夏目漱石

{RULE}
【テキスト中に現れる記号について】

《》：ルビ
（例）吾輩《わがはい》

｜：ルビの付く文字列の始まりを特定する記号
（例）一番｜獰悪《どうあく》
{RULE}

［＃８字下げ］一［＃「一」は大見出し］

　吾輩《わがはい》は猫である。名前はまだ無い。
　一番｜獰悪《どうあく》な種族。※［＃「さんずい＋強」、第4水準2-79-27］が見えた。

底本：「夏目漱石全集1」ちくま文庫、筑摩書房
入力：柴田卓治
"""
TEXT = "吾輩は猫である\n夏目漱石\n\n一\n\n　吾輩は猫である。名前はまだ無い。\n　一番獰悪な種族。〓が見えた。\n"


def test_a_file_as_it_is_handed_out(tmp_path: Path) -> None:
    """In Shift_JIS, with the line ends of Windows."""
    assert text_of(tmp_path, "text", FILE.replace("\n", "\r\n").encode("cp932"), "a.txt") == TEXT


def test_other_texts_stay_as_they_are() -> None:
    text = "雑誌《文藝》の底本：不明。\n底本：同じ\n｜線｜［＃注］"
    assert without_aozora_marks(text) == text


def test_marks_without_their_ends_stay() -> None:
    cut = FILE.replace("わがはい》は", "わがはいは")
    assert "吾輩《わがはいは猫である。" in without_aozora_marks(cut)
