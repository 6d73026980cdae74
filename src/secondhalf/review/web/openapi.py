"""The JSON interface in OpenAPI's form (3.1)."""

from typing import Any

from secondhalf.review.items import DISPUTED, QUEUES

_TEXT = {"type": "string"}
_NUMBER = {"type": "integer", "minimum": 0}
_FAULT = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {"type": "object", "required": ["code", "message"], "properties": {"code": _TEXT, "message": _TEXT}}
    },
}
_NOTE = {
    "type": "object",
    "required": ["check", "reason", "passed"],
    "properties": {"check": _TEXT, "reason": _TEXT, "passed": {"type": "boolean"}},
}
_ITEM = {
    "type": "object",
    "required": ["item", "kind", "prompt", "texts", "seen", "replaces"],
    "properties": {
        "item": _TEXT,
        "kind": {"enum": ["pair", "comparison", "flagged"]},
        **dict.fromkeys(("language", "prompt", "original", "reference", "seen", "decided"), _TEXT),
        "texts": {"type": "array", "items": _TEXT, "minItems": 1, "maxItems": 2},
        "notes": {"type": "array", "items": _NOTE},
        "replaces": _NUMBER,
    },
}
_KEPT = {"type": "object", "required": ["number"], "properties": {"number": _NUMBER}}
_DECISION = {
    "type": "object",
    "required": ["item", "action", "seen", "replaces"],
    "properties": {
        "item": _TEXT,
        "action": {"enum": ["accept", "edit", "reject", "left", "right", "tie"]},
        "seen": {"type": "string", "description": "as the item has it: the decision is on that text alone"},
        "replaces": {**_NUMBER, "maximum": 2**63 - 1, "description": "as the item has it: sent again, it is kept once"},
        "text": {"type": "string", "description": "of the action edit: the reply as it shall be"},
        "reason": _TEXT,
    },
}


def _answers(schema: dict[str, Any], *faults: int) -> dict[str, Any]:
    def content(value: dict[str, Any]) -> dict[str, Any]:
        return {"application/json": {"schema": value}}

    codes = sorted({400, 401, 403, 413, 503, *faults})
    return {
        "200": {"description": "done", "content": content(schema)},
        **{str(code): {"description": "an error", "content": content(_FAULT)} for code in codes},
    }


def _operation(summary: str, schema: dict[str, Any], *faults: int, **more: Any) -> dict[str, Any]:
    return {"summary": summary, "responses": _answers(schema, *faults), **more}


def _body(schema: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


_WITH_ITEM = {"type": "object", "required": ["item"], "properties": {"item": {"anyOf": [_ITEM, {"type": "null"}]}}}
_QUEUE = {"name": "queue", "in": "path", "required": True, "schema": {"enum": [*QUEUES, DISPUTED]}}
_EXCEPT = {"name": "except", "in": "query", "schema": {"type": "array", "items": _TEXT}}
_NAME = {"name": "name", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
OPENAPI: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "secondhalf review", "version": "1"},
    "components": {
        "securitySchemes": {
            "session": {"type": "apiKey", "in": "cookie", "name": "secondhalf_review"},
            "token": {"type": "apiKey", "in": "header", "name": "x-csrf-token"},
        }
    },
    "security": [{"session": [], "token": []}],
    "paths": {
        "/api/queues/{queue}/next": {
            "get": _operation("the next item", _WITH_ITEM, 404, 405, parameters=[_QUEUE, _EXCEPT])
        },
        "/api/items/{name}": {"get": _operation("one item", _WITH_ITEM, 404, 405, 410, parameters=[_NAME])},
        "/api/decisions": {
            "post": _operation("keeps a decision", _KEPT, 405, 409, 410, 422, requestBody=_body(_DECISION))
        },
        "/api/undo": {
            "post": _operation(
                "takes a decision back", _KEPT, 405, 409, 422,
                requestBody=_body({
                    "type": "object", "required": ["number"], "properties": {"number": {**_NUMBER, "maximum": 2**63 - 1}},
                }),
            )
        },
        "/api/figures": {"get": _operation("what all decisions come to; for leads", {"type": "object"}, 405)},
    },
}  # fmt: skip
