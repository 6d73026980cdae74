"""Whose page a request comes from, where no key tells who asks: pages of strangers, open in a browser on this machine, may send
forms to it, and have a name of theirs point to it to read the answers.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from secondhalf.serve.errors import ApiError

_NEAR = (".localhost", ".local", ".internal")  # names that nobody can register


def check_origin(headers: Headers) -> None:
    """Raises ApiError, status 403, for a request that a stranger's page may have sent, or sent to a name of theirs.

    Programs send no Origin, and call us by an address or by a name of this machine or network.
    """
    origin = headers.get("origin", "")
    by_page = origin.startswith(("http:", "https:"))
    if (
        not _is_near(f"//{headers.get('host', '')}", any_address=True)
        or origin == "null"
        or (by_page and not _is_near(origin))
    ):
        words = (
            "This was called by a page, or by a name, that may be a stranger's: where no key is made, that is refused."
        )
        raise ApiError(403, words, code="foreign_page")


def _is_near(url: str, *, any_address: bool = False) -> bool:
    """Whether the host of a URL is of this machine or network. `any_address`: an address of another network, too, for that cannot
    be made to point here."""
    try:
        name = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return False
    try:
        address = ip_address(name.partition("%")[0])
    except ValueError:
        return "." not in name or name.endswith(_NEAR)
    return any_address or address.is_private
