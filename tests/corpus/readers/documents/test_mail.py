"""Mail: the message's own words, in the encoding that it says, with whole lines."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from secondhalf.corpus.readers.items import ReadText, Refused
from support.office_files import items_of, letter, text_of

JAPANESE = "お世話になっております。ご質問の件についてお答えします。①の設定を見直してください。"
WRAPPED = (
    "The machine stops when the cover is opened while it is running, and it\n"
    "starts again by itself as soon as the cover is closed and the key has been\nturned.\n\nA second paragraph.\n"
)
WHOLE = "The machine stops when the cover is opened while it is running, and it starts again by itself as soon as the cover is closed and the key has been turned."


def test_an_answer_without_what_it_answers(tmp_path: Path) -> None:
    quoted = "On Monday, 3 May 2021, someone wrote:\n> an older text\n> of two lines\n"
    data = letter(f"{quoted}\n{WRAPPED}\n-- \nA. Writer\nCompany\n")
    assert text_of(tmp_path, "mail", data, name="a.eml") == f"{WHOLE}\n\nA second paragraph."
    rest = "-----Original Message-----\nFrom: b\nAn older letter.\n"
    assert text_of(tmp_path, "mail", letter(f"{WRAPPED}{rest}"), name="a.eml") == f"{WHOLE}\n\nA second paragraph."


@pytest.mark.parametrize("charset", ["utf-8", "iso-2022-jp", "shift_jis", "euc-jp"])
def test_japanese_in_every_encoding_of_mail(tmp_path: Path, charset: str) -> None:
    names = {"shift_jis": "cp932"}
    plain = JAPANESE if charset in {"utf-8", "shift_jis"} else JAPANESE.replace("①", "一")
    data = letter("", charset) + plain.encode(names.get(charset, charset))
    assert text_of(tmp_path, "mail", data) == plain
    assert text_of(tmp_path, "mail", data.replace(f"charset={charset}".encode(), b"charset=nonsense")) == plain
    assert text_of(tmp_path, "mail", data.replace(f"charset={charset}".encode(), b"charset=us-ascii")) == plain


def test_what_vendors_added_to_iso_2022_jp_is_read(tmp_path: Path) -> None:
    data = letter("", "iso-2022-jp") + b"\x1b$B-!$N@_Dj$r8+$k!#\x1b(B abc \x1b(I1\x1b(B"
    assert text_of(tmp_path, "mail", data) == "①の設定を見る。 abc ｱ"


def test_parts_and_attachments(tmp_path: Path) -> None:
    message = EmailMessage()
    message["Subject"] = "subject"
    message.set_content(WRAPPED, cte="base64")
    message.add_alternative("<p>The same as a page.</p>", subtype="html")
    message.add_attachment("Text of an attachment.", filename="a.txt")
    message.add_attachment(b"\0", maintype="application", subtype="octet-stream", filename="a.exe")
    assert text_of(tmp_path, "mail", bytes(message)) == f"{WHOLE}\n\nA second paragraph."


def test_a_page_alone(tmp_path: Path) -> None:
    pytest.importorskip("resiliparse")
    message = EmailMessage()
    message["Subject"] = "subject"
    message.set_content(
        "<html><body><p>A letter that is a page alone, and long enough to be one.</p></body></html>", subtype="html"
    )
    assert text_of(tmp_path, "mail", bytes(message)) == "A letter that is a page alone, and long enough to be one."


def test_an_archive_message_by_message(tmp_path: Path) -> None:
    start = b"From a@example.org Mon Jan  1 00:00:00 2024\n"
    first, second = letter("The first letter.\n\n>From here on it is quoted.\nFrom here it is not.\n"), letter(JAPANESE)
    items = items_of(tmp_path, "mail", start + first + b"\n" + start + second, name="a.mbox")
    assert [item.text for item in items if isinstance(item, ReadText)] == [
        "The first letter.\n\nFrom here on it is quoted.\nFrom here it is not.",
        JAPANESE,
    ]
    assert [item.location.rpartition(":")[2] for item in items] == ["1", "2"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"no headers at all\n\ntext", "broken mail: it has no headers"),
        (b"Subject: s\n\n", "no running text: the message is empty, or an attachment alone"),
        (
            b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(3000)),
            "broken mail",
        ),
        (b"Subject: s\nContent-Type: text/plain\n\n" + b"x" * 5_000_001, "too long: over 5000000 bytes"),
    ],
    ids=["no headers", "empty", "nested", "long"],
)
def test_bad_mail_is_a_reject(tmp_path: Path, data: bytes, reason: str) -> None:
    (item,) = items_of(tmp_path, "mail", data)
    assert isinstance(item, Refused)
    assert item.reason.startswith(reason)


@pytest.mark.parametrize(
    "field",
    [
        b"text/plain; charset*=utf\0-8''x",
        b"text/plain; charset*=''",
        b"text/plain; charset=undefined",
        b"text/plain; charset=\xe9\0",
        b"text/plain; charset*1*=a; charset*0=b; charset*x=c",
    ],
)
def test_an_encoding_that_is_none_leaves_the_text(tmp_path: Path, field: bytes) -> None:
    data = b"Subject: s\nContent-Type: " + field + b"\n\n" + JAPANESE.encode()
    assert text_of(tmp_path, "mail", data) == JAPANESE


@pytest.mark.parametrize(
    "data",
    [
        b"Content-Type: text/plain" + b";\n a=b" * 400_000 + b"\n\ntext",
        b"Subject: s\nContent-Type: text/plain" + b";a=b" * 600_000 + b"\n\ntext",
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Disposition: x" + b";a=b" * 600_000 + b"\n\ntext",
    ],
    ids=["folded", "one line", "of a part"],
)
def test_a_header_that_would_take_hours_is_a_reject(tmp_path: Path, data: bytes) -> None:
    (item,) = items_of(tmp_path, "mail", data)
    assert isinstance(item, Refused)
    assert item.reason.startswith("broken mail: a header of over")


def test_long_lists_of_people_are_no_reason_to_refuse(tmp_path: Path) -> None:
    people = b",\n ".join(b"person%d@example.org" % n for n in range(20_000))
    assert text_of(tmp_path, "mail", b"To: " + people + b"\n" + letter(JAPANESE)) == JAPANESE


def test_parts_within_parts_that_take_long_end_at_the_limit(tmp_path: Path) -> None:
    parts = b"".join(b"Content-Type: multipart/mixed; boundary=%d\n\n--%d\n" % (n, n) for n in range(300))
    start = b"From a@example.org Mon Jan  1 00:00:00 2024\n"
    data = start + parts + b"x\n" * 2_000_000 + b"\n" + start + letter(JAPANESE)
    slow, read = items_of(tmp_path, "mail", data, name="a.mbox", max_file_seconds=0.5)
    assert isinstance(slow, Refused)
    assert slow.reason.startswith("too slow: over 0.5 seconds")
    assert isinstance(read, ReadText)
    assert read.text == JAPANESE


def test_text_around_a_picture_is_whole_and_named_files_are_left_out(tmp_path: Path) -> None:
    plain = "Content-Type: text/plain; charset=utf-8"
    parts = [
        f"{plain}\n\nBefore the picture.",
        'Content-Type: image/png; name="a.png"\nContent-Disposition: inline\nContent-Transfer-Encoding: base64\n\niVBORw0KGgo=',
        f"{plain}\n\nAfter the picture.",
        f'{plain}; name="notes.txt"\nContent-Disposition: inline\n\nA file.',
    ]
    body = "".join(f"--X\n{part}\n" for part in parts) + "--X--\n"
    mail = f'From: a@example.org\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="X"\n\n{body}'
    assert text_of(tmp_path, "mail", mail.encode()) == "Before the picture.\n\nAfter the picture."


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\n", b"\xef\xbb\xbf\r\n \n"])
def test_marks_and_empty_lines_before_the_first_header(tmp_path: Path, before: bytes) -> None:
    assert text_of(tmp_path, "mail", before + letter("Good morning to all.")) == "Good morning to all."
    archived = b"From a@b Mon Jan  1 00:00:00 2024\n" + letter("Good morning to all.") + b"\n\n"
    assert len(items_of(tmp_path, "mail", before + archived + archived)) == 2


@pytest.mark.parametrize(
    "answered",
    [
        "From: A B <a@b.example>\nSent: Monday\nTo: C\nSubject: RE: s\n\nThe letter of before.",
        "*From:* A B\n*Date:* Monday\n\nThe letter of before.",
        "差出人: 山田 <a@b.example>\n送信日時: 2024年1月1日\n宛先: 佐藤\n件名: RE: 会議\n\n前の手紙です。",
        "2024年1月1日(月) 10:00 山田太郎 <a@b.example>:\n\n> 前の手紙です。",
    ],
)
def test_the_letter_that_is_answered_is_left_out(tmp_path: Path, answered: str) -> None:
    assert text_of(tmp_path, "mail", letter(f"We meet on Monday.\n\n{answered}\n")) == "We meet on Monday."


def test_words_that_only_begin_as_headers_do_stay(tmp_path: Path) -> None:
    text = "From: the old mill\n\nDate: unknown, said the miller."
    assert text_of(tmp_path, "mail", letter(text)) == text
