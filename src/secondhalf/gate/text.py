"""A decision in 80 columns of a terminal: a line a limit, and a line for why one is not kept."""

from unicodedata import east_asian_width

from secondhalf.gate import shown
from secondhalf.gate.decide import Decision, Judged
from secondhalf.report.words import Language, fill, gate_words, page_words
from secondhalf.text.visible import escape_invisible

_WIDTH, _LONGEST_WORD, _SHOWN_DIGITS = 80, 60, 16
_COLUMNS = (12, 25, 25, 12)
"""Mark, figure, measured, limit; with two blanks between them 80 columns."""
_NOT_FIRST = "、。，．）」』】：；？！ー"
"""What no line begins with in Japanese."""


def as_text(decision: Decision, language: Language) -> str:
    """The decision, every limit with its figure, and for those that are not kept why, and whose they are."""
    words = gate_words(language)
    title = words["passed"] if decision.passed else words["failed"]
    head = f"{title}{page_words(language)['colon']}{decision.run} · {decision.policy.name} · {decision.day}"
    lines = [_cut(head, _WIDTH), *_wrapped(shown.decision_of(decision, language), 0), ""]
    lines.append(_line(*(words[name] for name in ("mark", "figure", "measured", "limit"))))
    for row in decision.rows:
        lines += _row(row, decision, language)
    hashes = {"run": decision.run_hash, "policy": decision.policy_hash, "facts": decision.facts_hash}
    lines += ["", "  ".join(f"{name} {value[:_SHOWN_DIGITS]}" for name, value in hashes.items())]
    return "\n".join(line.rstrip() for line in lines)


def _row(row: Judged, decision: Decision, language: Language) -> list[str]:
    words, currency = gate_words(language), decision.currency
    value, interval = (of(row, currency, language) for of in (shown.value_of, shown.interval_of))
    measured = f"{value} [{interval}]" if interval else value
    name = row.limit.figure + (f" {row.arm}-{row.limit.against}" if row.limit.against else "")
    line = _line(words[f"mark_{row.mark}"], name, measured, shown.limit_of(row, currency, language))
    if row.mark == "yes":
        return [line]
    severity, owner = words[f"severity_{row.limit.severity}"], row.limit.owner.in_language(language)
    whose = fill(words["whose"], severity=severity, owner=owner)
    return [line, *_wrapped(shown.why_of(row, language) + words["between"] + whose, 4)]


def _line(*cells: str) -> str:
    """One line of at most 80 columns."""
    return "  ".join(_padded(cell, width) for cell, width in zip(cells, _COLUMNS, strict=True))


def _padded(text: str, width: int) -> str:
    text = _cut(text, width)
    return text + " " * (width - _columns(text))


def _cut(text: str, width: int) -> str:
    """The text on one line, its end left out where it is wider."""
    text = " ".join(escape_invisible(text).split())
    if _columns(text) <= width:
        return text
    kept, columns = 0, 1  # that of the sign for what is left out
    for character in text:
        columns += _columns(character)
        if columns > width:
            break
        kept += 1
    return text[:kept] + "…"


def _wrapped(text: str, indent: int) -> list[str]:
    """The text in lines of 80 columns; Japanese is broken anywhere, other text at blanks."""
    lines, line = [], ""
    for piece in _pieces(" ".join(escape_invisible(text).split())):
        if line.strip() and _columns(line + piece.rstrip()) > _WIDTH - indent:
            lines.append(line)
            line = piece.lstrip()
        else:
            line += piece
    return [" " * indent + one.rstrip() for one in [*lines, line] if one.strip()]


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for character in text:
        wide = east_asian_width(character) in "WF"
        room = bool(pieces) and len(pieces[-1]) < _LONGEST_WORD
        joins = room and not wide and not pieces[-1].endswith(" ") and east_asian_width(pieces[-1][-1]) not in "WF"
        if joins or (room and character in _NOT_FIRST):
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


def _columns(text: str) -> int:
    """How many columns a terminal gives the text."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
