"""One request of somebody: the form, the session, the language, and how an answer is drawn in it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, cast

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from secondhalf.report.words import Language, fill, page_words, review_words
from secondhalf.review.accounts import Reviewer, ReviewSession
from secondhalf.review.web.faults import ReviewFault
from secondhalf.review.web.render import render

LANGUAGE_COOKIE = "secondhalf_language"
_CHARSET = re.compile(r"""charset\s*=\s*["']?([^\s"';]*)""", re.IGNORECASE)


@dataclass
class Visit:
    """What handlers are given. `form`: the fields of a form or of a JSON object; `default`: the run's language."""

    request: Request
    session: ReviewSession | None
    form: Mapping[str, Any] = field(default_factory=dict)
    default: Language = "en"

    @cached_property
    def language(self) -> Language:
        """By the reader's choice, else by their browser's wish, else the run's."""
        chosen = self.request.cookies.get(LANGUAGE_COOKIE, "")
        if chosen in {"en", "ja"}:
            return cast(Language, chosen)
        wished = [part.split(";")[0].strip()[:2] for part in self.request.headers.get("accept-language", "").split(",")]
        return next((cast(Language, one) for one in wished if one in {"en", "ja"}), self.default)

    @property
    def words(self) -> Mapping[str, str]:
        """The words of the pages."""
        return review_words(self.language)

    @property
    def reviewer(self) -> Reviewer:
        """Who it is. Raises ReviewFault where nobody is logged in."""
        if self.session is None:
            raise ReviewFault("no_session")
        return self.session.reviewer

    @property
    def lead(self) -> Reviewer:
        """Who it is. Raises ReviewFault where it is no lead."""
        if self.reviewer.role != "lead":
            raise ReviewFault("not_allowed")
        return self.reviewer

    @property
    def wants_json(self) -> bool:
        """Whether a program asks: our script, or a client of the JSON interface."""
        return self.request.url.path.startswith("/api/") or "application/json" in self.request.headers.get("accept", "")

    def text(self, name: str, default: str = "") -> str:
        """A field of the form. Raises ReviewFault where it is no text."""
        value = self.form.get(name, default)
        if not isinstance(value, str):
            raise ReviewFault("invalid")
        return value

    def number(self, name: str) -> int:
        """A field of the form that is a whole number from 0. Raises ReviewFault where it is none."""
        value = self.form.get(name, "0")
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63:
            return value
        raise ReviewFault("invalid")

    def page(self, template: str, status: int = 200, **context: object) -> Response:
        """A page."""
        session = self.session
        shared: dict[str, object] = {
            "w": self.words,
            "page_words": page_words(self.language),
            "language": self.language,
            "session": session,
            "path": self.request.url.path,
        }
        return HTMLResponse(render(template, **shared, **context), status)

    def redirect(self, path: str) -> Response:
        """To another page, which is then asked for with GET."""
        return RedirectResponse(path, 303)

    def fault(self, error: ReviewFault) -> Response:
        """The answer to a request that went wrong, as a page or as JSON."""
        message = fill(self.words[f"fault_{error.code}"], **error.values)
        if self.wants_json:
            return JSONResponse({"error": {"code": error.code, "message": message}}, error.status, error.headers)
        response = self.page("fault", error.status, message=message, code=error.code)
        response.headers.update(error.headers)
        return response


async def read_form(request: Request) -> Mapping[str, Any]:
    """The fields of a body: a form's, or those of a JSON object. Raises ReviewFault for anything else."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.url.path.startswith("/api/"):
        if kind != "application/json":
            raise ReviewFault("bad_request")
        try:
            value = json.loads(await request.body())
        except (ValueError, RecursionError) as error:
            raise ReviewFault("bad_request") from error
        if not isinstance(value, dict):
            raise ReviewFault("bad_request")
        return value
    if kind not in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        raise ReviewFault("bad_request")
    charset = _CHARSET.search(request.headers.get("content-type", ""))
    if charset and charset[1].lower() not in {"utf-8", "utf8"}:  # some of Python's make half characters, or raise
        raise ReviewFault("bad_request")
    form: FormData = await request.form(max_files=0, max_fields=20)
    return {name: value for name, value in form.items() if isinstance(value, str)}
