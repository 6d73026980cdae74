"""Whose fault a missing reply is, in the words of a reject's reason: what is missing, whose fault, and after a colon the rest."""

from secondhalf.models.request import RefusedError

_SERVERS = ", the server's fault"
_WHOSE = {"text": ", for its text", "server": _SERVERS, "unclear": ""}


def whose_fault(outcome: object) -> str:
    """What follows "refused by the teacher" and its kin, before the colon."""
    return _WHOSE[outcome.fault] if isinstance(outcome, RefusedError) else ""


def is_servers_fault(reason: str) -> bool:
    """Whether a reject's reason says that the server was at fault: asked again, it may be answered."""
    return reason.partition(":")[0].endswith(_SERVERS)
