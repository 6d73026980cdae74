"""Word files: their paragraphs, and nothing of what stands around, over or behind them."""

from pathlib import Path

import pytest

from support.office_files import text_of, word

SHOWN = "<w:vanish w:val='0'/>"
SENTENCE = "A cell that holds a whole sentence is kept."


def _run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t xml:space='preserve'>{text}</w:t></w:r>"


def _cells(*texts: str) -> str:
    return "<w:tbl><w:tr>" + "".join(f"<w:tc><w:p>{_run(text)}</w:p></w:tc>" for text in texts) + "</w:tr></w:tbl>"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"<w:p>{_run('One ')}{_run('word')}</w:p>", "One word"),
        (f"<w:p>{_run('a')}<w:r><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t><w:br w:type='page'/><w:t>d</w:t></w:r></w:p>", "a b\nc d"),
        (f"<w:p>{_run('kept ')}<w:del>{_run('deleted')}<w:r><w:delText>deleted</w:delText></w:r></w:del><w:ins>{_run('put in')}</w:ins></w:p>", "kept put in"),
        (f"<w:p>{_run('shown ')}{_run('hidden', '<w:vanish/>')}{_run('again', SHOWN)}</w:p>", "shown again"),
        (f"<w:p><w:r><w:instrText>PAGE</w:instrText></w:r>{_run('text')}</w:p>", "text"),
        (f"<w:p><w:pPr><w:pStyle w:val='TOC1'/></w:pPr>{_run('Chapter 1 ... 3')}</w:p><w:p>{_run('text')}</w:p>", "text"),
        (f"<w:p><w:ruby><w:rt>{_run('かん')}</w:rt><w:rubyBase>{_run('漢')}</w:rubyBase></w:ruby>{_run('字')}</w:p>", "漢字"),
        (f"<w:p>{_run('before ')}<w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p>{_run('a box')}</w:p></w:txbxContent></mc:Choice>"
         f"<mc:Fallback><w:txbxContent><w:p>{_run('a box')}</w:p></w:txbxContent></mc:Fallback></mc:AlternateContent></w:r>{_run('after')}</w:p>", "before after\n\na box"),
        (f"<w:p>{_run('first')}</w:p>{_cells('Total', '17', SENTENCE, '文を含むセルは残る、表の中でも残る。')}<w:p>{_run('last')}</w:p>", f"first\n\n{SENTENCE}\n\n文を含むセルは残る、表の中でも残る。\n\nlast"),
    ],
)  # fmt: skip
def test_what_is_text(tmp_path: Path, body: str, expected: str) -> None:
    assert text_of(tmp_path, "docx", word(body=body)) == expected


def test_what_stands_in_other_parts_is_not_read(tmp_path: Path) -> None:
    parts = {
        f"word/{name}.xml": f"<w:x xmlns:w='w'><w:p>{_run('around')}</w:p></w:x>"
        for name in ("header1", "footer1", "footnotes", "comments")
    }
    assert (
        text_of(tmp_path, "docx", word("段落です。", "Another.", **parts, **{"word/vbaProject.bin": b"\xd0\xcf"}))
        == "段落です。\n\nAnother."
    )


_FIELD = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'.format


def test_a_list_of_places_is_left_out_whatever_its_styles_are_called(tmp_path: Path) -> None:
    """Japanese Word calls the styles of its table of contents 11 and 21."""
    inner = f"{_FIELD('begin')}<w:r><w:instrText>PAGEREF x</w:instrText></w:r>{_FIELD('separate')}<w:r><w:t>3</w:t></w:r>{_FIELD('end')}"
    begin = f'{_FIELD("begin")}<w:r><w:instrText xml:space="preserve"> TOC \\o "1-3" </w:instrText></w:r>{_FIELD("separate")}'
    line = "<w:r><w:t>第1章 はじめに</w:t></w:r>"
    listed = f'<w:p><w:pPr><w:pStyle w:val="11"/></w:pPr>{begin}{line}{inner}</w:p><w:p>{line}</w:p>'
    after = "<w:p><w:r><w:t>本文です。</w:t></w:r></w:p>"
    assert (
        text_of(tmp_path, "docx", word("表紙", body=f"{listed}<w:p>{_FIELD('end')}</w:p>{after}"))
        == "表紙\n\n本文です。"
    )
    unended = text_of(tmp_path, "docx", word("表紙", body=listed + after))
    assert unended.endswith("第1章 はじめに\n\n本文です。")  # nothing is lost where its end is
