"""What goes wrong with a request: each has a status, a code for programs and words for people, and nothing was saved."""

from collections.abc import Mapping

STATUS: Mapping[str, int] = {
    "bad_request": 400,
    "bad_host": 400,
    "invalid": 422,
    "empty": 422,
    "unsaved_edit": 422,
    "no_session": 401,
    "wrong_login": 401,
    "forged": 403,
    "not_allowed": 403,
    "outside_header": 403,
    "unknown_reviewer": 403,
    "not_found": 404,
    "method": 405,
    "replaced": 409,
    "stale": 409,
    "gone": 410,
    "too_large": 413,
    "too_many": 429,
    "fault": 500,
    "busy": 503,
    "database": 503,
}
"""The status of each code. The words of a code stand under `fault_CODE`."""


class ReviewFault(Exception):
    """A request that is answered with an error. `values` fill the places in its words."""

    def __init__(self, code: str, *, wait: int = 0, allow: str = "", **values: object) -> None:
        """`wait`: seconds until it is worth another try; `allow`: the methods that the path takes."""
        super().__init__(code)
        self.code, self.status, self.values = code, STATUS[code], values
        self.headers = {"retry-after": str(wait)} if wait else {}
        if allow:
            self.headers["allow"] = allow
