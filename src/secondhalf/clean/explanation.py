"""One document's verdicts, step by step, with the spans that they mean marked in the text. For people at a terminal.

The text is hostile: control characters are written out, so that a terminal shows them and does not obey them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from secondhalf.clean.step import FilterStep
from secondhalf.errors import UserError
from secondhalf.output import INVERSE, PLAIN
from secondhalf.rows import Document, Verdict, to_dict
from secondhalf.settings import Settings
from secondhalf.text.visible import escape_invisible
from secondhalf.text.width import display_width

CONTEXT = 60  # Characters shown before and after a span.
MAX_SPAN = 200  # Characters of a span that are shown before it is cut.
MAX_TEXT = 4000  # Characters of the text that are shown at the end.


@dataclass(frozen=True)
class Wording:
    """How an explanation says its own sentences, the names of checks, and reasons. English says each as it stands."""

    sentence: Callable[[str], str] = str
    check: Callable[[str], str] = str
    reason: Callable[[str], str] = str


_ENGLISH = Wording()


def explain_document(
    document: Document, steps: Sequence[FilterStep], *, colour: bool = False, wording: Wording = _ENGLISH
) -> str:
    """The verdicts of each filter on the document as read. `colour` marks spans with ANSI codes instead of ⟦ and ⟧.

    Spans refer to the text that a step was given; where that differs from the text before, both lengths are given.
    """
    say = wording.sentence
    facts = [("id", document.id), ("source", document.source), ("url", document.url), ("language", document.language)]
    lines = [f"{_padded(say(name), 9)} {_line(value)}" for name, value in facts if value]
    lines.append(f"{_padded(say('length'), 9)} {say(f'{len(document.text):,} characters as read')}")
    before = document.text
    for step in steps:
        name = wording.check(step.name)
        lines += ["", (wording.sentence(name) if name == step.name else name) + _limits(step.settings)]
        if step.text != before:
            lengths = f"{len(before):,} to {len(step.text):,}"
            lines.append(f"  {say(f'(the text was rewritten before this: {lengths} characters)')}")
            before = step.text
        for verdict in step.verdicts:
            lines += _verdict_lines(verdict, step.text, colour, wording)
    failed = [verdict for step in steps for verdict in step.verdicts if not verdict.passed]
    lines += ["", _outcome(failed, wording), "", _marked_text(document.text, steps, colour, wording)]
    return "\n".join(lines)


def explanation_as_dict(document: Document, steps: Sequence[FilterStep]) -> dict[str, object]:
    """The same for programs: the document as read, and each step's text and verdicts."""
    rows = [{"name": step.name, "text": step.text, "verdicts": [to_dict(v) for v in step.verdicts]} for step in steps]
    return {"document": to_dict(document), "steps": rows}


def resolve_id(ids: Iterable[str], prefix: str) -> str:
    """The one id that starts with `prefix`. Raises UserError when there is none, or more than one."""
    matches = []
    for id in ids:
        if id == prefix:
            return id
        if id.startswith(prefix):
            matches.append(id)
    if not matches:
        raise UserError(
            f"No document has an id that starts with {prefix!r}, or is of a file of that name: `secondhalf show RUN clean` lists "
            "both."
        )
    if len(matches) > 1:
        examples = ", ".join(id[: len(prefix) + 6] for id in sorted(matches)[:3])
        raise UserError(f"{len(matches)} documents have ids that start with {prefix!r} ({examples}): give more digits.")
    return matches[0]


def resolve_documents(documents: Sequence[Document], wanted: str) -> list[Document]:
    """The one document whose id starts with `wanted`, or those of the file of that name, its sections in their order.

    A file may be named as it stands in the corpus or by the end of its path; after it :ROW or #SECTION means one of them. Raises
    UserError when there is none, or where an id is not enough.
    """
    of_file = [document for document in documents if is_of_file(document.url, wanted)]
    if of_file and not any(document.id == wanted for document in documents):
        return sorted(of_file, key=lambda document: (len(document.url), document.url))
    id = resolve_id((document.id for document in documents), wanted)
    return [document for document in documents if document.id == id]


def is_of_file(url: str, wanted: str) -> bool:
    """Whether a document's origin (PATH:ROW#SECTION) is the file, the row of it or the section that is named."""
    whole = url.removesuffix("#0")
    places = [url, whole, whole.rpartition("#")[0]]
    places += [place[:end] for place in places for end, sign in enumerate(place) if sign == ":"]
    return bool(wanted) and any(place == wanted or place.endswith(f"/{wanted}") for place in places)


def _limits(settings: Settings | None) -> str:
    if settings is None:
        return ""
    return "  (" + ", ".join(f"{name} {value}" for name, value in settings.model_dump().items()) + ")"


def _verdict_lines(verdict: Verdict, text: str, colour: bool, wording: Wording) -> list[str]:
    passed = wording.sentence("pass" if verdict.passed else "FAIL")
    reason = f"  {_line(wording.reason(verdict.reason))}" if verdict.reason else ""
    lines = [f"  {_padded(passed, 4)}  {_padded(wording.check(verdict.check), 24)} {verdict.score:>10.4g}{reason}"]
    if 0 <= verdict.start <= verdict.end:
        start, end = verdict.start, verdict.end
        marked = text[start : min(end, start + MAX_SPAN)] + ("…" if end - start > MAX_SPAN else "")
        left, right = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
        lines.append(f"        {_line(left)}{_mark(_line(marked), colour)}{_line(right)}")
    return lines


def _outcome(failed: list[Verdict], wording: Wording) -> str:
    if not failed:
        return wording.sentence("Kept: every verdict passed.")
    # Two sentences to be worded, for a reason may hold what looks like the end of the longer one.
    refused = wording.sentence(f"Refused by {wording.check(failed[0].check)}:")
    more = wording.sentence(f"(and by {len(failed) - 1} more)") if len(failed) > 1 else ""
    return f"{refused} {_line(wording.reason(failed[0].reason))} {more}".rstrip()


def _marked_text(text: str, steps: Sequence[FilterStep], colour: bool, wording: Wording) -> str:
    """The text as read with the spans that refer to it; spans that overlap become one."""
    spans: list[list[int]] = []
    of_text = [verdict for step in steps if step.text == text for verdict in step.verdicts]
    for start, end in sorted((v.start, v.end) for v in of_text if 0 <= v.start < v.end):
        if spans and start < spans[-1][1]:
            spans[-1][1] = max(end, spans[-1][1])
        else:
            spans.append([start, end])
    parts, position = [], 0
    for start, end in ((start, min(end, MAX_TEXT)) for start, end in spans if start < MAX_TEXT):
        parts += [_page(text[position:start]), _mark(_page(text[start:end]), colour)]
        position = end
    parts.append(_page(text[position:MAX_TEXT]))
    left = len(text) - MAX_TEXT
    return "".join(parts) + (f"\n{wording.sentence(f'… and {left:,} more characters')}" if left > 0 else "")


def _mark(text: str, colour: bool) -> str:
    return f"{INVERSE}{text}{PLAIN}" if colour else f"⟦{text}⟧"


def _padded(text: str, columns: int) -> str:
    return text + " " * (columns - display_width(text))


def _line(text: str) -> str:
    return escape_invisible(text.replace("\n", "⏎"))


def _page(text: str) -> str:
    return "\n".join(map(escape_invisible, text.split("\n")))
