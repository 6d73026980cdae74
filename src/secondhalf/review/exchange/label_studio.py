"""Label Studio's JSON of tasks (labelstud.io/guide/task_format): `data`, and `annotations` with choices and text areas.

A project takes the tasks under this configuration:

    <View>
      <Text name="prompt" value="$prompt"/> <Text name="text" value="$text"/> <Text name="right" value="$right"/>
      <Choices name="decision" toName="text"><Choice value="accept"/><Choice value="edit"/><Choice value="reject"/>
        <Choice value="left"/><Choice value="tie"/><Choice value="right"/></Choices>
      <TextArea name="words" toName="text"/> <TextArea name="reason" toName="text"/>
    </View>
"""

from collections.abc import Iterator, Mapping
from typing import Any

from secondhalf.errors import UserError
from secondhalf.review.desk import Desk
from secondhalf.review.exchange.foreign import ForeignDecision, as_text
from secondhalf.review.items import ReviewItem
from secondhalf.review.log import ReviewDecision

_DATA = ("item", "seen", "kind", "language", "prompt", "text", "right", "reference")


def tasks(desk: Desk) -> list[dict[str, Any]]:
    """Every item as a task, with the decisions that stand on it."""
    items = desk.assignment.items
    names = dict.fromkeys(name for order in items.orders.values() for name in order)
    made = []
    for number, name in enumerate(names, 1):
        item = items.item(name)
        if item:
            standing = desk.log.standing.get(name, {}).values()
            made.append(
                {"id": number, "data": _data(item), "annotations": [_annotation(item, one) for one in standing]}
            )
    return made


def _data(item: ReviewItem) -> dict[str, str]:
    right = item.texts[1] if len(item.texts) > 1 else ""
    values = (item.item, item.seen, item.kind, item.language, item.prompt, item.texts[0], right, item.reference)
    return dict(zip(_DATA, values, strict=True))


def _annotation(item: ReviewItem, decision: ReviewDecision) -> dict[str, Any]:
    results = [_result("decision", "choices", {"choices": [item.shown(decision.action)]})]
    for name, text in (("words", decision.text), ("reason", decision.reason)):
        if text:
            results.append(_result(name, "textarea", {"text": [text]}))
    by = {"email": decision.reviewer}
    return {"completed_by": by, "created_at": decision.time, "was_cancelled": False, "result": results}


def _result(name: str, kind: str, value: Mapping[str, Any]) -> dict[str, Any]:
    return {"from_name": name, "to_name": "text", "type": kind, "value": value}


def decisions(location: str, task: Mapping[str, Any]) -> Iterator[ForeignDecision]:
    """The decisions of one task; skipped annotations and drafts are none. Raises UserError for what is no such task."""
    data, annotations = task.get("data"), task.get("annotations", [])
    if not isinstance(data, dict) or not isinstance(annotations, list):
        raise UserError(f"{location}: this is no task of Label Studio: it needs data, and a list of annotations.")
    item, seen = as_text(data.get("item"), "data.item", location), as_text(data.get("seen", ""), "data.seen", location)
    for annotation in annotations:
        if not isinstance(annotation, dict) or not isinstance(annotation.get("result", []), list):
            raise UserError(f"{location}: an annotation is no object with a list of results.")
        if annotation.get("was_cancelled"):
            continue
        values: dict[str, str] = {}
        for result in annotation.get("result", []):
            value = result.get("value") if isinstance(result, dict) else None
            if not isinstance(value, dict):
                raise UserError(f"{location}: a result is no object with a value.")
            texts = value.get("choices") or value.get("text") or []
            texts = texts if isinstance(texts, list) else [texts]
            values[str(result.get("from_name"))] = "\n".join(as_text(text, "a result", location) for text in texts)
        if values.get("decision"):
            time = annotation.get("created_at")
            yield ForeignDecision(
                location, item, _who(annotation.get("completed_by"), location), values["decision"], values.get("words", ""),
                values.get("reason", ""), seen, time if isinstance(time, str) else "",
            )  # fmt: skip


def _who(value: object, location: str) -> str:
    """Whose annotation it is: an e-mail address, or a number where an export has no more."""
    if isinstance(value, dict):
        value = value.get("email") or value.get("id")
    if isinstance(value, bool) or not isinstance(value, int | str) or not str(value).strip():
        raise UserError(f"{location}: completed_by names nobody: export it with the annotators.")
    return str(value)
