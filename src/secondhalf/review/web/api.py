"""The JSON interface, for programs: the same queues, decisions and figures. openapi.py describes it."""

from dataclasses import asdict, dataclass
from typing import Any

from starlette.responses import JSONResponse, Response

from secondhalf.review.desk import DecisionError, Desk, Proposal
from secondhalf.review.items import DISPUTED, QUEUES, ReviewItem
from secondhalf.review.log import UNDO
from secondhalf.review.web.faults import ReviewFault
from secondhalf.review.web.openapi import OPENAPI
from secondhalf.review.web.visit import Visit


@dataclass
class Interface:
    """The handlers, each given a Visit."""

    desk: Desk

    def description(self, visit: Visit) -> Response:
        """The interface in OpenAPI's form."""
        return JSONResponse(OPENAPI)

    def next(self, visit: Visit) -> Response:
        """The next item of a queue, or null."""
        queue = str(visit.request.path_params["queue"])
        if queue not in {*QUEUES, DISPUTED}:
            raise ReviewFault("not_found")
        reviewer = visit.lead if queue == DISPUTED else visit.reviewer
        self.desk.refresh()
        name = self.desk.assignment.next(queue, reviewer.name, visit.request.query_params.getlist("except"))
        item = self.desk.item(name) if name else None
        return JSONResponse({"item": self._as_json(item, visit) if item else None})

    def item(self, visit: Visit) -> Response:
        """One item."""
        visit.reviewer  # noqa: B018
        self.desk.refresh()
        item = self.desk.item(visit.request.path_params["name"])
        if item is None:
            raise ReviewFault("gone")
        return JSONResponse({"item": self._as_json(item, visit)})

    def decide(self, visit: Visit) -> Response:
        """Keeps a decision."""
        proposal = Proposal(
            visit.text("item"), visit.text("action"), visit.text("seen"), visit.number("replaces"), visit.text("text"),
            visit.text("reason"), "api",
        )  # fmt: skip
        try:
            kept = self.desk.decide(proposal, visit.reviewer)
        except DecisionError as error:
            raise ReviewFault(error.fault) from error
        return JSONResponse({"number": kept.number})

    def undo(self, visit: Visit) -> Response:
        """Takes a decision back."""
        try:
            kept = self.desk.undo(visit.number("number"), visit.reviewer)
        except DecisionError as error:
            raise ReviewFault(error.fault) from error
        return JSONResponse({"number": kept.number})

    def figures(self, visit: Visit) -> Response:
        """What all decisions come to; for leads."""
        visit.lead  # noqa: B018
        self.desk.refresh()
        return JSONResponse(asdict(self.desk.figures()))

    def _as_json(self, item: ReviewItem, visit: Visit) -> dict[str, Any]:
        last = self.desk.log.last(item.item, visit.reviewer.name)
        return {
            "item": item.item,
            "kind": item.kind,
            "language": item.language,
            "prompt": item.prompt,
            "texts": list(item.texts),
            "original": item.original,
            "reference": item.reference,
            "notes": [asdict(note) for note in item.notes],
            "seen": item.seen,
            "replaces": last.number if last else 0,
            "decided": item.shown(last.action) if last and last.action != UNDO else "",
        }
