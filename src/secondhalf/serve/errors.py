"""Errors in the API's own shape."""

from collections.abc import Mapping


class ApiError(Exception):
    """What a client did wrong, or what failed for it: an HTTP status and OpenAI's `error` object.

    `type` follows the status; `code` is the word that programs read, `param` the field that is meant.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.param = status, code, param
        self.headers = dict(headers or {})

    def body(self) -> dict[str, object]:
        """The JSON of the answer."""
        return {"error": {"message": str(self), "type": _kind(self.status), "param": self.param, "code": self.code}}


def _kind(status: int) -> str:
    kinds = {401: "authentication_error", 403: "permission_error", 404: "not_found_error", 429: "rate_limit_error"}
    return kinds.get(status, "invalid_request_error" if status < 500 else "server_error")
