"""The application: which path leads where, and what every request passes first."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from weakref import WeakKeyDictionary

from anyio import CapacityLimiter, to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from secondhalf.review.accounts import LoginLimit
from secondhalf.review.database import ReviewDatabaseError
from secondhalf.review.desk import Desk
from secondhalf.review.web.access import Access
from secondhalf.review.web.api import Interface
from secondhalf.review.web.faults import ReviewFault
from secondhalf.review.web.headers import AnswerHeaders, TooLargeError
from secondhalf.review.web.pages import Pages
from secondhalf.review.web.render import STATIC, prepare
from secondhalf.review.web.visit import Visit, read_form

Handler = Callable[[Visit], Response]
_LOG = logging.getLogger(__name__)
_CODES = {400: "bad_request", 404: "not_found", 405: "method"}
_THREADS = {"reads": 3, "writes": 32}
_STATIC = {"review.css": "text/css", "review.js": "text/javascript", "review.svg": "image/svg+xml"}


def review_application(desk: Desk, access: Access) -> Starlette:
    """The pages and the JSON interface over a desk."""
    prepare()
    pages, interface = Pages(desk, access, LoginLimit()), Interface(desk)

    def page(path: str, handler: Handler, method: str = "GET", *, anybody: bool = False) -> Route:
        async def endpoint(request: Request) -> Response:
            return await _answered(request, handler, desk, access, anybody=anybody)

        return Route(path, endpoint, methods=[method])

    async def health(request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def static(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in _STATIC:
            return await _fault(request, ReviewFault("not_found"), desk)
        return FileResponse(STATIC / name, media_type=_STATIC[name], headers={"cache-control": "no-cache"})

    async def failed(request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            return await _fault(request, ReviewFault("fault"), desk)
        allow = (error.headers or {}).get("Allow", "")
        return await _fault(request, ReviewFault(_CODES.get(error.status_code, "bad_request"), allow=allow), desk)

    routes = [
        Route("/health", health),
        Route("/static/{name}", static),
        page("/", pages.home),
        page("/login", pages.login_page, anybody=True),
        page("/login", pages.log_in, "POST", anybody=True),
        page("/enter/{token}", pages.enter, anybody=True),
        page("/logout", pages.log_out, "POST"),
        page("/language", pages.language, "POST", anybody=True),
        page("/queue/{queue}", pages.queue),
        page("/queue/{queue}/fragment", pages.fragment),
        page("/queue/{queue}/nothing", pages.nothing),
        page("/item/{name:path}", pages.item),
        page("/decide", pages.decide, "POST"),
        page("/undo", pages.undo, "POST"),
        page("/history", pages.history),
        page("/progress", pages.progress),
        page("/api/openapi.json", interface.description, anybody=True),
        page("/api/queues/{queue}/next", interface.next),
        page("/api/items/{name:path}", interface.item),
        page("/api/decisions", interface.decide, "POST"),
        page("/api/undo", interface.undo, "POST"),
        page("/api/figures", interface.figures),
    ]
    handlers: dict[object, Callable[[Request, Exception], Awaitable[Response]]] = {HTTPException: failed}
    application = Starlette(routes=routes, middleware=[Middleware(AnswerHeaders)], exception_handlers=handlers)
    application.router.redirect_slashes = False  # it would lead to whatever host the request names
    return application


async def _answered(  # noqa: PLR0911 - an answer for each thing that goes wrong
    request: Request, handler: Handler, desk: Desk, access: Access, *, anybody: bool
) -> Response:
    """A handler's answer, once it is known whose request it is and that a form is ours."""
    visit = Visit(request, None, default=desk.run.recipe.report.language)
    try:
        form = await read_form(request) if request.method == "POST" else {}
        visit.form = form
        limiter = _limiter("writes" if request.method == "POST" else "reads")
        return await to_thread.run_sync(_handled, visit, handler, access, anybody, limiter=limiter)
    except ReviewFault as error:
        if error.code == "no_session" and request.method == "GET" and not visit.wants_json:
            return visit.redirect("/login")
        return visit.fault(error)
    except TooLargeError:
        return visit.fault(ReviewFault("too_large"))
    except ReviewDatabaseError as error:
        return visit.fault(ReviewFault("busy" if error.busy else "database", wait=2, reason=str(error)))
    except HTTPException as error:
        return visit.fault(ReviewFault(_CODES.get(error.status_code, "bad_request")))
    except ClientDisconnect:
        return Response(status_code=400)  # nobody reads it
    except Exception:
        _LOG.exception("A request failed, by a fault of ours: please report it.")
        return visit.fault(ReviewFault("fault"))


_limiters: WeakKeyDictionary[object, dict[str, CapacityLimiter]] = WeakKeyDictionary()


def _limiter(kind: str) -> CapacityLimiter:
    """How many threads work at once: reading is work of the processor, which more of them delay; writers wait for the disk."""
    limiters = _limiters.setdefault(asyncio.get_running_loop(), {})
    if kind not in limiters:
        limiters[kind] = CapacityLimiter(_THREADS[kind])
    return limiters[kind]


def _handled(visit: Visit, handler: Handler, access: Access, anybody: bool) -> Response:
    request = visit.request
    access.check_host(request)
    visit.session, cookie = access.session(request)
    if visit.session is None and not anybody:
        raise ReviewFault("no_session")
    if request.method == "POST":
        token = request.headers.get("x-csrf-token", "") or str(visit.form.get("csrf", ""))
        access.check_form(request, None if anybody else visit.session, token)
    response = handler(visit)
    if cookie:
        access.set_cookie(response, cookie)
    return response


async def _fault(request: Request, error: ReviewFault, desk: Desk) -> Response:
    return Visit(request, None, default=desk.run.recipe.report.language).fault(error)
