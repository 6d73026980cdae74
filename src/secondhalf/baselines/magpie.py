"""Magpie (arXiv 2406.08464): an instruct model writes the user's turns itself, and then answers them.

It is given its own template up to where a user's turn begins; what it writes there is what it was tuned on, more or less.
Every call goes through the scheduler, the journal and the ledger, so a stage that is killed asks nothing twice.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from secondhalf.baselines.settings import MagpieSettings
from secondhalf.models.request import USER_TURN, RefusedError, Reply, Request
from secondhalf.models.scheduling.ask import Answer
from secondhalf.rows import Pair, Verdict, digest, to_table, with_reasons
from secondhalf.store import Stage
from secondhalf.text.language import count_words, detect

VERSION = (1,)
# Requests and the progress's label; answers by request id, in any order.
Ask = Callable[[Iterable[Request], str], Iterable[Answer]]


def write(settings: MagpieSettings, ask: Ask, stage: Stage, label: str) -> dict[str, Any]:
    """Writes the pairs, the rejects (in = out + rejected) and the verdicts, ordered by id; returns the counts.

    Of equal turns the first by number stays, in letters and digits alone and without regard to case.
    """
    replies: dict[str, dict[str, Reply | RefusedError]] = {"turn": {}, "answer": {}}
    rows = [_id(number) for number in range(settings.pairs)]
    opened = [_opened(row, number, settings) for number, row in enumerate(rows)]
    replies["turn"] = dict(ask(opened, f"{label}, user turns"))
    whys, seen = {}, set[str]()
    for row in rows:
        whys[row] = _turn_fault(replies["turn"][row], settings)
        if not whys[row]:
            said = _folded(_turn(replies["turn"][row], settings))
            whys[row] = "repeated: another turn has the same words" if said in seen else ""
            seen.add(said)
    asked = [_asked(row, _turn(replies["turn"][row], settings), settings) for row in rows if not whys[row]]
    replies["answer"] = dict(ask(asked, f"{label}, answers"))
    for row, reply in replies["answer"].items():
        whys[row] = _answer_fault(reply, settings)
    pairs = {row: _pair(row, replies["turn"][row], replies["answer"].get(row), settings) for row in rows}
    verdicts = [Verdict(row, "magpie", not whys[row], 0.0 if whys[row] else 1.0, whys[row]) for row in sorted(rows)]
    refused = [verdict for verdict in verdicts if not verdict.passed]
    stage.write("verdicts", 0, to_table(Verdict, verdicts))
    stage.write("rejects", 0, with_reasons(to_table(Pair, [pairs[verdict.id] for verdict in refused]), refused))
    stage.write("part", 0, to_table(Pair, [pairs[verdict.id] for verdict in verdicts if verdict.passed]))
    had = [reply for some in replies.values() for reply in some.values() if isinstance(reply, Reply)]
    return {
        "rows_in": len(rows),
        "rows": len(rows) - len(refused),
        "rejected": len(refused),
        "model": settings.model,
        "model_calls": len(had),
        "prompt_tokens": sum(reply.prompt_tokens for reply in had),
        "response_tokens": sum(reply.response_tokens for reply in had),
    }


def _id(number: int) -> str:
    return digest("magpie", str(number))


def _opened(row: str, number: int, settings: MagpieSettings) -> Request:
    """The request for a user's turn. All have the same words, so each has a seed of its own; a larger `pairs` keeps them."""
    drawn = settings.turn.model_copy(update={"seed": settings.turn.seed + 1_000_003 * number})
    system = (("system", settings.system),) if settings.system else ()
    return Request(row, (*system, (USER_TURN, settings.opening)), drawn)


def _asked(row: str, turn: str, settings: MagpieSettings) -> Request:
    if settings.server.urls:  # plain completions: the recipe spells the template
        return Request(row, ((USER_TURN, f"{settings.opening}{turn}{settings.closing}"),), settings.answer)
    system = (("system", settings.system),) if settings.system else ()
    return Request(row, (*system, ("user", turn)), settings.answer)


def _turn(reply: Reply | RefusedError, settings: MagpieSettings) -> str:
    """The user's turn, up to where a server that does not know the template's end wrote on."""
    text = reply.text if isinstance(reply, Reply) else ""
    return text.partition(_ends(settings))[0].strip() if settings.closing else text.strip()


def _ends(settings: MagpieSettings) -> str:
    return settings.closing.split()[0] if settings.closing.split() else settings.closing


def _turn_fault(reply: Reply | RefusedError, settings: MagpieSettings) -> str:
    if isinstance(reply, RefusedError):
        return f"no user turn: {reply}"
    text = _turn(reply, settings)
    ended = reply.finish == "stop" or (bool(settings.closing) and _ends(settings) in reply.text)
    words = count_words(text)
    if not text:
        return "an empty user turn"
    if not ended:
        return "an unfinished user turn"
    if words < settings.min_words or words > settings.max_words:
        return f"a user turn too short or too long: {words} words"
    # Text that spells the template's own signs would be a turn of its own on a server that reads them.
    marks = [mark for mark in f"{settings.opening} {settings.closing}".split() if not mark.isalnum()]
    return "the template's signs in a user turn" if any(mark in text for mark in marks) else ""


def _answer_fault(reply: Reply | RefusedError, settings: MagpieSettings) -> str:
    if isinstance(reply, RefusedError):
        return f"no answer: {reply}"
    if not reply.text.strip():
        return "an empty answer"
    return "" if reply.finish == "stop" or settings.keep_unfinished else "an unfinished answer"


def _folded(text: str) -> str:
    """Letters and digits of any script, in lower case."""
    return re.sub(r"[\W_]+", " ", text.casefold()).strip() or text


def _pair(row: str, turn: Reply | RefusedError, answer: Reply | RefusedError | None, settings: MagpieSettings) -> Pair:
    prompt, said = _turn(turn, settings), answer.text.strip() if isinstance(answer, Reply) else ""
    language = detect(f"{prompt}\n{said}")[0]
    told = (answer.finish, answer.prompt_tokens, answer.response_tokens) if isinstance(answer, Reply) else ("", 0, 0)
    return Pair(row, row, "magpie", language, prompt, "", said, settings.model, *told)
