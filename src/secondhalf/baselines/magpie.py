"""Magpie (arXiv 2406.08464): an instruct model writes the user's turns itself, and then answers them.

It is given its own template up to where a user's turn begins; what it writes there is what it was tuned on, more or less.
Every call goes through the scheduler, the journal and the ledger, so a stage that is killed sends no request twice.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from secondhalf.baselines.settings import MagpieSettings
from secondhalf.errors import UserError
from secondhalf.models.finish import has_ended
from secondhalf.models.refusal_reason import is_servers_fault, whose_fault
from secondhalf.models.request import USER_TURN, RefusedError, Reply, Request
from secondhalf.models.scheduling.dispatch import KeyedReply
from secondhalf.models.thinking import split_thinking
from secondhalf.rows import Pair, Verdict, digest, to_table, with_reasons
from secondhalf.store import Stage
from secondhalf.text.language import count_words, detect

MAGPIE_VERSION = (2,)
Generate = Callable[[Iterable[Request], str], Iterable[KeyedReply]]
"""Requests and the progress's label in; replies by request id, in any order, out."""


def write_magpie_pairs(settings: MagpieSettings, generate: Generate, stage: Stage, label: str) -> dict[str, Any]:
    """Writes the pairs, the rejects (in = out + rejected) and the verdicts, ordered by id; returns the counts.

    Of equal turns the first by number stays, in letters and digits alone and without regard to case.
    """
    ids = [_id(number) for number in range(settings.pairs)]
    turn_requests = [_turn_request(id, number, settings) for number, id in enumerate(ids)]
    turns = dict(generate(turn_requests, f"{label}, user turns"))
    reasons, seen = {}, set[str]()
    for id in ids:
        reasons[id] = _turn_fault(turns[id], settings)
        if not reasons[id]:
            words = _folded(_turn(turns[id], settings))
            reasons[id] = "repeated: another turn has the same words" if words in seen else ""
            seen.add(words)
    answer_requests = [_answer_request(id, _turn(turns[id], settings), settings) for id in ids if not reasons[id]]
    answers = dict(generate(answer_requests, f"{label}, answers"))
    for id, reply in answers.items():
        reasons[id] = _answer_fault(reply, settings)
    unanswered = [reason for reason in reasons.values() if is_servers_fault(reason)]
    if unanswered and settings.server.unanswered == "stop":
        raise UserError(
            f"{len(unanswered)} of {len(ids)} of magpie's pairs got no reply: {unanswered[-1]}. What was answered is kept: the "
            "same command asks again, or goes on without them where magpie.server says `unanswered: reject`."
        )
    pairs = {id: _pair(id, turns[id], answers.get(id), settings) for id in ids}
    verdicts = [Verdict(id, "magpie", not reasons[id], 0.0 if reasons[id] else 1.0, reasons[id]) for id in sorted(ids)]
    refused = [verdict for verdict in verdicts if not verdict.passed]
    stage.write("verdicts", 0, to_table(Verdict, verdicts))
    stage.write("rejects", 0, with_reasons(to_table(Pair, [pairs[verdict.id] for verdict in refused]), refused))
    stage.write("part", 0, to_table(Pair, [pairs[verdict.id] for verdict in verdicts if verdict.passed]))
    replies = [reply for reply in (*turns.values(), *answers.values()) if isinstance(reply, Reply)]
    return {
        "rows_in": len(ids),
        "rows": len(ids) - len(refused),
        "rejected": len(refused),
        "model": settings.model,
        "model_calls": len(replies),
        "prompt_tokens": sum(reply.prompt_tokens for reply in replies),
        "response_tokens": sum(reply.response_tokens for reply in replies),
    }


def _id(number: int) -> str:
    return digest("magpie", str(number))


def _turn_request(id: str, number: int, settings: MagpieSettings) -> Request:
    """The request for a user's turn. All have the same words, so each has a seed of its own; a larger `pairs` keeps them."""
    sampling = settings.turn.model_copy(update={"seed": settings.turn.seed + 1_000_003 * number})
    system = (("system", settings.system),) if settings.system else ()
    return Request(id, (*system, (USER_TURN, settings.opening)), sampling)


def _answer_request(id: str, turn: str, settings: MagpieSettings) -> Request:
    if settings.server.served:  # plain completions: the recipe spells the template
        return Request(id, ((USER_TURN, f"{settings.opening}{turn}{settings.closing}"),), settings.answer)
    system = (("system", settings.system),) if settings.system else ()
    return Request(id, (*system, ("user", turn)), settings.answer)


def _turn(reply: Reply | RefusedError, settings: MagpieSettings) -> str:
    """The user's turn, up to where a server that does not know the template's end wrote on."""
    text = reply.text if isinstance(reply, Reply) else ""
    return split_thinking(text.partition(_end(settings))[0] if settings.closing else text)[0]


def _end(settings: MagpieSettings) -> str:
    """The first of the template's signs after a user's turn."""
    return settings.closing.split()[0] if settings.closing.split() else settings.closing


def _turn_fault(reply: Reply | RefusedError, settings: MagpieSettings) -> str:
    if isinstance(reply, RefusedError):
        return f"no user turn{whose_fault(reply)}: {reply}"
    text = _turn(reply, settings)
    ended = has_ended(reply.finish) or (bool(settings.closing) and _end(settings) in reply.text)
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
        return f"no answer{whose_fault(reply)}: {reply}"
    if not split_thinking(reply.text)[0]:
        return "an empty answer"
    return "" if has_ended(reply.finish) or settings.keep_unfinished else "an unfinished answer"


def _folded(text: str) -> str:
    """Letters and digits of any script, in lower case."""
    return re.sub(r"[\W_]+", " ", text.casefold()).strip() or text


def _pair(id: str, turn: Reply | RefusedError, answer: Reply | RefusedError | None, settings: MagpieSettings) -> Pair:
    reply = answer if isinstance(answer, Reply) else Reply("", "", 0, 0)
    prompt, response = _turn(turn, settings), split_thinking(reply.text)[0]
    language = detect(f"{prompt}\n{response}")[0]
    return Pair(
        id, id, "magpie", language, prompt, "", response, settings.model, reply.finish, reply.prompt_tokens,
        reply.response_tokens,
    )  # fmt: skip
