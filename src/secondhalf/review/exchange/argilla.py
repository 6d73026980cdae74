"""Argilla's records as its `to_json` writes and `from_json` reads them (argilla 2): `id`, `fields`, `metadata`, `suggestions`,
`responses` (of each question a list of `value` and `user_id`).

The data set needs the text fields prompt, text and right, the questions decision (labels: accept, edit, reject, left, tie,
right), words and reason (texts), and metadata of the name `seen`.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from secondhalf.errors import UserError
from secondhalf.review.desk import Desk
from secondhalf.review.exchange.foreign import ForeignDecision, as_text
from secondhalf.review.log import ReviewDecision

_QUESTIONS = ("decision", "words", "reason")


def records(desk: Desk) -> list[dict[str, Any]]:
    """Every item as a record, with the decisions that stand on it. `metadata.reviewers` says whose each `user_id` is."""
    items = desk.assignment.items
    names = dict.fromkeys(name for order in items.orders.values() for name in order)
    made = []
    for name in names:
        item = items.item(name)
        if item is None:
            continue
        standing = list(desk.log.standing.get(name, {}).values())
        right = item.texts[1] if len(item.texts) > 1 else ""
        responses: dict[str, list[dict[str, str]]] = {question: [] for question in _QUESTIONS}
        for one in standing:
            user = user_id(one.reviewer)
            responses["decision"].append({"value": item.shown(one.action), "user_id": user})
            for question, text in (("words", one.text), ("reason", one.reason)):
                if text:
                    responses[question].append({"value": text, "user_id": user})
        made.append({
            "id": name,
            "fields": {"prompt": item.prompt, "text": item.texts[0], "right": right},
            "metadata": {"seen": item.seen, "kind": item.kind, "language": item.language, **_reviewers(standing)},
            "suggestions": {},
            "responses": {question: values for question, values in responses.items() if values},
            "vectors": {},
        })  # fmt: skip
    return made


def user_id(reviewer: str) -> str:
    """The id that a reviewer has in a file: Argilla's are UUIDs."""
    return str(uuid5(NAMESPACE_URL, f"secondhalf:reviewer:{reviewer}"))


def _reviewers(standing: list[ReviewDecision]) -> dict[str, list[str]]:
    return {"reviewers": [f"{user_id(one.reviewer)} {one.reviewer}" for one in standing]} if standing else {}


def decisions(location: str, record: Mapping[str, Any]) -> Iterator[ForeignDecision]:
    """The decisions of one record. A user whose name the record does not tell is called by their id.

    Raises UserError for what is no such record.
    """
    item, metadata, responses = record.get("id"), record.get("metadata") or {}, record.get("responses") or {}
    is_record = "fields" in record or "responses" in record  # a row of our log has an id too
    if not isinstance(item, str) or not is_record or not isinstance(metadata, dict) or not isinstance(responses, dict):
        raise UserError(f"{location}: this is no record of Argilla: it needs id, fields, metadata and responses.")
    seen, names = as_text(metadata.get("seen", ""), "metadata.seen", location), _names(metadata)
    by_user: dict[str, dict[str, str]] = {}
    for question in _QUESTIONS:
        values = responses.get(question) or []
        if not isinstance(values, list):
            raise UserError(f"{location}: responses.{question} is no list.")
        for one in values:
            if not isinstance(one, dict):
                raise UserError(f"{location}: responses.{question} holds what is no object.")
            if one.get("status", "submitted") != "submitted":
                continue
            user = as_text(one.get("user_id"), f"user_id of {question}", location)
            by_user.setdefault(user, {})[question] = as_text(one.get("value"), f"value of {question}", location)
    for user, values in by_user.items():
        if values.get("decision"):
            yield ForeignDecision(
                location, item, names.get(user, user), values["decision"], values.get("words", ""), values.get("reason", ""), seen
            )  # fmt: skip


def _names(metadata: Mapping[str, Any]) -> dict[str, str]:
    known = metadata.get("reviewers")
    pairs = [str(text).partition(" ") for text in known] if isinstance(known, list) else []
    return {user: name for user, _, name in pairs if name and _is_uuid(user)}


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
