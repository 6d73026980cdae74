"""Four things in a list: how many of them, as bullets or on one line, in which order, and which comes first or last.

An item is written as it stands, or as "kanji|reading" where its place in the order of kana is not seen.
"""

from secondhalf.evaluate.everyday.checks.fold import fold
from secondhalf.evaluate.minimal_pairs.couple import Constraint, Couple, Frame


def listed(frame: Frame, language: str) -> list[Couple]:
    """The four kinds that come of a list, each with its two answers."""
    items = [item.split("|")[0] for item in frame["items"]]
    readings = {item.split("|")[0]: fold(item.split("|")[-1]) for item in frame["items"]}
    return [
        _number(frame, items, language),
        _form(items, language),
        _order(frame, sorted(items, key=readings.__getitem__), language),
        _position(frame, items, language),
    ]


def _number(frame: Frame, items: list[str], language: str) -> Couple:
    fewer, all_of_them = items[:-1], items
    checks = [{"kind": "series", "parts": len(texts)} for texts in (fewer, all_of_them)]
    answers = _sentence(frame, fewer, language), _sentence(frame, all_of_them, language)
    return Couple("items", answers, (Constraint("three_items", checks[0]), Constraint("four_items", checks[1])))


def _form(items: list[str], language: str) -> Couple:
    sign, comma = ("・", "、") if language == "ja" else ("- ", ", ")
    bullets, line = ({"kind": "format", "form": form} for form in ("bullets", "single_line"))
    answers = "\n".join(sign + item for item in items), comma.join(items)
    return Couple("list_format", answers, (Constraint("bullets", bullets), Constraint("one_line", line)))


def _order(frame: Frame, items: list[str], language: str) -> Couple:
    orders = items, items[::-1]
    up, down = ({"kind": "order", "texts": order} for order in orders)
    answers = _sentence(frame, orders[0], language), _sentence(frame, orders[1], language)
    return Couple("order", answers, (Constraint("ascending", up), Constraint("descending", down)))


def _position(frame: Frame, items: list[str], language: str) -> Couple:
    item, *others = items
    first, last = ({"kind": "place", "item": item, "others": others, "last": last} for last in (False, True))
    answers = _sentence(frame, [item, *others], language), _sentence(frame, [*others, item], language)
    return Couple("position", answers, (Constraint("first", first, item), Constraint("last", last, item)))


def _sentence(frame: Frame, items: list[str], language: str) -> str:
    if language == "ja":
        return f"{frame['lead']}{'、'.join(items)}{frame['tail']}"
    return f"{frame['lead']} {', '.join(items[:-1])} and {items[-1]}{frame['tail']}"
