"""What the hub's client says when it fails, as a sentence that names the repository and the mend."""

import errno
import os
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.models.hub.client import asked_wait, endpoint, is_offline, status_of
from secondhalf.models.hub.reference import HubReference
from secondhalf.store.faults import place_fault
from secondhalf.text.visible import escape_invisible

_OF_THE_DISK = {errno.EROFS, errno.ENOSPC, errno.EDQUOT}
_BROKEN_OFF = {"RemoteProtocolError", "ReadError", "ReadTimeout", "IncompleteRead"}
_TOKEN = "set HF_TOKEN to a token"


def hub_error(reference: HubReference, error: Exception) -> UserError:
    """The sentence for an error of the client while something was fetched; one of the disk names its place."""
    chain = _chain(error)
    for cause in chain:
        if isinstance(cause, OSError) and (cause.filename or cause.errno in _OF_THE_DISK):
            place = Path(os.fsdecode(cause.filename or "."))
            return place_fault(place, cause, "set HF_HOME to a folder that you may write")
    names = {type(cause).__name__ for cause in chain}
    return UserError(
        _of_the_cache(reference, names) or _of_the_repository(reference, names) or _of_http(reference, error)
    )


def _of_the_cache(reference: HubReference, names: set[str]) -> str:
    """What is wrong where only the cache was looked at; "" where the hub was."""
    if "IncompleteSnapshotError" in names:
        how = "unset HF_HUB_OFFLINE" if is_offline() else "see that the network is there"
        return f"{reference}: only a part of it is in the cache: {how}, and the same command goes on where it stopped."
    if is_offline():
        return (
            f"{reference} is not in the cache, and HF_HUB_OFFLINE is set: unset it and run this once where there is a network, "
            "or give a path."
        )
    return ""


def _of_the_repository(reference: HubReference, names: set[str]) -> str:
    """What the hub says is wrong with the repository, its revision or its file; "" for anything else."""
    repo, address, page = reference.repo, endpoint(), _page(reference)
    if "GatedRepoError" in names:
        return gated_fault(reference)
    if "RepositoryNotFoundError" in names:
        thing = "data set" if reference.is_data else "model"
        return f"There is no {thing} {repo} at {address}, or it is private: correct the name, or {_TOKEN} that may read it."
    if "RevisionNotFoundError" in names:
        return (
            f"{repo} has no revision {reference.exact}: correct what stands after the @ (a branch, a tag or a commit)."
        )
    if "RemoteEntryNotFoundError" in names:
        return f"{repo}@{reference.exact} holds no file {reference.file}: see {page}/tree/{reference.exact}."
    return ""


def gated_fault(reference: HubReference) -> str:
    """The sentence for a repository whose terms nobody of this token has accepted."""
    mend = f"accept its terms at {_page(reference)}, then {_TOKEN} of that account which may read gated repositories"
    return f"{reference.repo} is gated: {mend}."


def _page(reference: HubReference) -> str:
    return f"{endpoint()}/{'datasets/' if reference.is_data else ''}{reference.repo}"


def _of_http(reference: HubReference, error: Exception) -> str:
    address, status = endpoint(), status_of(error)
    wait = asked_wait(error, 0)
    soon = f"again in {wait:g} seconds" if wait else "again later"
    mends = {
        401: f"{address} does not accept the token (401): {_TOKEN} that is valid, or unset it for what is public",
        403: f"{address} forbids it (403: {last_words(error)}): {_TOKEN} that may do this",
        429: f"{address} had too many requests from here (429): try {soon}, or {_TOKEN}, which may ask more often",
    }
    if status in mends:
        fault = mends[status]
    elif status >= 500:
        fault = f"{address} fails ({status}): try {soon}, name a mirror in HF_ENDPOINT, or give a path"
    elif "Consistency check failed" in str(error) or any(
        type(cause).__name__ in _BROKEN_OFF for cause in _chain(error)
    ):
        fault = f"the connection to {address} broke off: the same command goes on where it stopped"
    else:
        why = last_words(error)
        fault = f"{address} cannot be reached ({why}): check the network, HF_ENDPOINT and HTTPS_PROXY, or give a path"
    return f"{reference} could not be had: {fault}."


def last_words(error: Exception) -> str:
    """What the hub said, or the first cause of an error, in one line that may be printed."""
    causes = [cause for cause in _chain(error) if str(cause)]
    texts = [str(getattr(cause, "server_message", None) or cause) for cause in causes] or [type(error).__name__]
    lines = [line.strip() for line in texts[-1].splitlines() if line.strip()]
    return escape_invisible(lines[0] if lines else type(error).__name__)[:200].rstrip(".")


def _chain(error: BaseException | None) -> list[BaseException]:
    """The error and what it came from, the first cause last."""
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or error.__context__
    return chain
