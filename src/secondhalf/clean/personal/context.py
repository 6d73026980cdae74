"""What the words right before a number call it."""

import re

_OTHER = re.compile(
    r"(?:order|invoice|tracking|serial|\bpart|model|\blot|grant|account|member|reference|\bid)"
    r"(?: (?:number|no\.?|id))?[ :#]{0,3}$"
    r"|(?:注文|受注|請求書?|送り状|伝票|会員|お客様|管理|製造|契約|整理|口座|学籍)番号[ 　:：は]{0,3}$"
    r"|[型品]番[ 　:：は]{0,3}$",
    re.IGNORECASE,
)


def called_otherwise(text: str, start: int) -> bool:
    """True when the number at `start` is called an order, a lot, an account or the like (注文番号, 型番 ...)."""
    return bool(_OTHER.search(text, max(0, start - 24), start))
