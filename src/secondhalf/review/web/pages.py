"""The pages: what is to be judged, one's own decisions, and what all of them come to."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from starlette.responses import JSONResponse, RedirectResponse, Response

from secondhalf.review.accounts import LoginLimit
from secondhalf.review.desk import DecisionError, Desk, Proposal
from secondhalf.review.items import DISPUTED, QUEUES, ReviewItem
from secondhalf.review.log import UNDO, ReviewDecision
from secondhalf.review.web.access import COOKIE, Access, address_of
from secondhalf.review.web.faults import ReviewFault
from secondhalf.review.web.visit import LANGUAGE_COOKIE, Visit

_YEAR = 365 * 24 * 3600
_HISTORY = 50
_USUAL_QUEUE = {"pair": "random", "comparison": "compare", "flagged": "flagged"}
_LONGEST_NAME = 100  # characters: more than any reviewer's has, and what is remembered of those that failed


@dataclass
class Pages:
    """The handlers, each given a Visit."""

    desk: Desk
    access: Access
    limit: LoginLimit

    def home(self, visit: Visit) -> Response:
        """The queues, and how much is left of each."""
        mine, desk = visit.reviewer, self.desk
        desk.refresh()
        queues = [
            (queue, desk.assignment.left(queue, mine.name))
            for queue in ([*QUEUES, DISPUTED] if mine.role == "lead" else QUEUES)
            if queue == DISPUTED or desk.assignment.items.orders.get(queue)
        ]
        return visit.page("home", run=desk.run.folder.name, queues=queues, sample=desk.sample())

    def queue(self, visit: Visit) -> Response:
        """On to the next item of a queue."""
        queue = self._queue(visit)
        self.desk.refresh()
        return visit.redirect(self._next(visit, queue))

    def fragment(self, visit: Visit) -> Response:
        """The next item as a part of a page, for our script to have it before it is asked for; 204 when nothing is left."""
        queue = self._queue(visit)
        self.desk.refresh()
        name = self.desk.assignment.next(queue, visit.reviewer.name, visit.request.query_params.getlist("except"))
        item = self.desk.item(name) if name else None
        if item is None:
            return Response(status_code=204)
        response = visit.page("item_part", **self._shown(visit, item, queue))
        response.headers["x-next"] = _path(item.item, queue)
        return response

    def item(self, visit: Visit) -> Response:
        """One item, with the reviewer's own decision on it where there is one."""
        visit.reviewer  # noqa: B018 - nobody else sees an item
        self.desk.refresh()
        queue = _queue_of(visit, visit.request.query_params.get("queue", ""))
        item = self.desk.item(visit.request.path_params["name"])
        if item is None:
            raise ReviewFault("gone", queue=queue)
        return visit.page("item", **self._shown(visit, item, queue))

    def nothing(self, visit: Visit) -> Response:
        """The page at a queue's end."""
        queue = self._queue(visit)
        return visit.page("nothing", queue=queue)

    def decide(self, visit: Visit) -> Response:
        """Keeps a decision, and goes on to the next item."""
        reviewer, queue = visit.reviewer, _queue_of(visit, visit.text("queue"))
        action, text = visit.text("action"), visit.text("text").replace("\r\n", "\n")
        item = self.desk.item(visit.text("item"))
        if action == "as_it_was":
            action = "accept"
        elif item and action == "accept" and "text" in visit.form and text != item.texts[0].replace("\r\n", "\n"):
            # Their words were in the field and "as it is" was pressed: one of the two was meant, and we don't know which.
            if visit.wants_json:
                raise ReviewFault("unsaved_edit")
            return visit.page("item", 422, **self._shown(visit, item, queue, typed=text, notice="unsaved_edit"))
        proposal = Proposal(
            visit.text("item"), action, visit.text("seen"), visit.number("replaces"), text, visit.text("reason"), queue,
        )  # fmt: skip
        try:
            kept = self.desk.decide(proposal, reviewer)
        except DecisionError as error:
            if item is None or visit.wants_json or error.fault not in {"replaced", "stale", "empty"}:
                raise ReviewFault(error.fault) from error
            status = ReviewFault(error.fault).status
            return visit.page("item", status, **self._shown(visit, item, queue, typed=text, notice=error.fault))
        if visit.wants_json:
            return JSONResponse({"number": kept.number})
        return visit.redirect(self._next(visit, proposal.queue) if proposal.queue else "/")

    def undo(self, visit: Visit) -> Response:
        """Takes a decision back, by its number or the reviewer's last, and shows its item again."""
        reviewer = visit.reviewer
        number = visit.number("number")
        if not number:
            standing = [row for row in self.desk.log.of_reviewer(reviewer.name) if _stands(self.desk, row)]
            if not standing:
                raise ReviewFault("invalid")
            number = standing[-1].number
        try:
            kept = self.desk.undo(number, reviewer)
        except DecisionError as error:
            raise ReviewFault(error.fault) from error
        path = _path(kept.item, kept.queue)
        if visit.wants_json:
            return JSONResponse({"number": kept.number, "item": path})
        return visit.redirect(path)

    def history(self, visit: Visit) -> Response:
        """The reviewer's own last rows of the log."""
        self.desk.refresh()
        rows = self.desk.log.of_reviewer(visit.reviewer.name)[: -_HISTORY - 1 : -1]
        shown = []
        for row in rows:
            item = self.desk.item(row.item)
            action = item.shown(row.action) if item else row.action
            shown.append((row, action, _stands(self.desk, row), item, _path(row.item, row.queue)))
        return visit.page("history", rows=shown)

    def progress(self, visit: Visit) -> Response:
        """What all decisions come to; for leads."""
        visit.lead  # noqa: B018
        self.desk.refresh()
        return visit.page("progress", figures=self.desk.figures(), run=self.desk.run.folder.name)

    def login_page(self, visit: Visit) -> Response:
        """The form to log in."""
        if visit.session:
            return visit.redirect("/")
        return visit.page("login", name="", fault="")

    def log_in(self, visit: Visit) -> Response:
        """Begins a session, where name and password belong together."""
        name, address = visit.text("name").strip()[:_LONGEST_NAME], address_of(visit.request)
        if wait := self.limit.wait(name, address):
            raise ReviewFault("too_many", wait=wait, seconds=wait)
        self.limit.tried(name, address)
        reviewer = self.access.accounts.check(name, visit.text("password"))
        if reviewer is None:
            return visit.page("login", 401, name=name, fault=visit.words["fault_wrong_login"])
        self.limit.succeeded(name, address)
        cookie, _ = self.access.accounts.begin(reviewer)
        response = visit.redirect("/")
        self.access.set_cookie(response, cookie)
        return response

    def enter(self, visit: Visit) -> Response:
        """Begins a session by the link that the terminal printed, once."""
        operator = self.access.accounts.reviewer(self.access.operator)
        if operator is None or not self.access.use_entry(str(visit.request.path_params["token"])):
            raise ReviewFault("forged")
        cookie, _ = self.access.accounts.begin(operator)
        response = visit.redirect("/")
        self.access.set_cookie(response, cookie)
        return response

    def log_out(self, visit: Visit) -> Response:
        """Ends the session."""
        self.access.accounts.end(visit.request.cookies.get(COOKIE, ""))
        response = visit.redirect("/login")
        response.delete_cookie(COOKIE)
        return response

    def language(self, visit: Visit) -> Response:
        """Remembers a language, and goes back to where it was chosen."""
        wanted, back = visit.text("language"), visit.text("back", "/")
        if wanted not in {"en", "ja"}:
            raise ReviewFault("invalid")
        safe = (
            len(back) < 2000
            and back.startswith("/")
            and not back.startswith(("//", "/\\"))
            and "\n" not in back
            and "\r" not in back
        )
        response = RedirectResponse(back if safe else "/", 303)
        response.set_cookie(LANGUAGE_COOKIE, wanted, max_age=_YEAR, httponly=True, samesite="strict")
        return response

    def _queue(self, visit: Visit) -> str:
        queue = str(visit.request.path_params["queue"])
        if queue not in {*QUEUES, DISPUTED}:
            raise ReviewFault("not_found")
        if queue == DISPUTED:
            visit.lead  # noqa: B018
        visit.reviewer  # noqa: B018
        return queue

    def _next(self, visit: Visit, queue: str) -> str:
        name = self.desk.assignment.next(queue, visit.reviewer.name)
        return _path(name, queue) if name else f"/queue/{queue}/nothing"

    def _shown(
        self, visit: Visit, item: ReviewItem, queue: str, typed: str | None = None, notice: str = ""
    ) -> dict[str, Any]:
        queue = queue or _USUAL_QUEUE[item.kind]
        last = self.desk.log.last(item.item, visit.reviewer.name)
        standing = last if last and last.action != UNDO else None
        if typed is None:
            typed = standing.text if standing and standing.action == "edit" else item.texts[0]
        return {
            "item": item,
            "queue": queue,
            "replaces": last.number if last else 0,
            "standing": standing,
            "action": item.shown(standing.action) if standing else "",
            "typed": typed,
            "notice": notice,
            "left": self.desk.assignment.left(queue, visit.reviewer.name),
        }


def _queue_of(visit: Visit, name: str) -> str:
    """A queue that the reviewer has, as a form or an address names it; "" for any other, whose items are not theirs to take."""
    return name if name in QUEUES or (name == DISPUTED and visit.reviewer.role == "lead") else ""


def _stands(desk: Desk, row: ReviewDecision) -> bool:
    return desk.log.standing.get(row.item, {}).get(row.reviewer) is row


def _path(name: str, queue: str) -> str:
    """Where an item is."""
    path = f"/item/{quote(name, safe=':')}"
    return f"{path}?{urlencode({'queue': queue})}" if queue else path
