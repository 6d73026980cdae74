"""What became of a call to a worker on a node: whether the worker is lost, or what it says."""

import logging
from typing import Any

from secondhalf.errors import UserError

_LOG = logging.getLogger(__name__)


class LostWorkerError(Exception):
    """A worker died, hangs, or failed at something that another attempt may do."""


def fault_of(task: Any, node: str) -> Exception | None:
    """Why a task that is done has no result: the worker's own UserError, or a LostWorkerError that names the node."""
    import ray
    from ray import exceptions

    try:
        ray.get(task)
    except exceptions.RayTaskError as error:
        cause = error.cause
        if isinstance(cause, UserError):
            return cause
        return LostWorkerError(f"on node {node}: {type(cause).__name__}: {' '.join(str(cause).split())[:300]}")
    except exceptions.RayError as error:
        return LostWorkerError(f"node {node} was lost: {type(error).__name__}: {' '.join(str(error).split())[:200]}")
    return None


def silence(node: str, seconds: float) -> LostWorkerError:
    """Of a worker that did not answer for so long."""
    return LostWorkerError(f"node {node} did not answer within {seconds / 60:g} minutes")


def has_cores() -> bool:
    """Whether a node with a core is alive."""
    import ray

    try:
        return any(node["Alive"] and node["Resources"].get("CPU", 0) for node in ray.nodes())
    except Exception as error:  # the head is gone
        _LOG.debug("nodes: %s", error)
        return False


def no_cores() -> UserError:
    """Of a cluster that has lost all its nodes."""
    return UserError(
        "The Ray cluster has no node with a core left: start nodes (`ray start --address=HOST:PORT`) and run again; "
        "what was done is kept."
    )


def for_people(error: BaseException) -> BaseException:
    """What the function of a part raised, without Ray's frame; what Ray says of a lost node, as a sentence."""
    from ray import exceptions

    if isinstance(error, exceptions.RayTaskError):
        return error.cause if isinstance(error.cause, Exception) else error
    if isinstance(error, exceptions.RayError):
        reason = " ".join(str(error).split())[:200]
        return UserError(
            f"The Ray cluster lost a part's worker too often ({type(error).__name__}: {reason}): give its nodes more memory or "
            "fewer cores (`ray start --num-cpus`), and run again; what was done is kept."
        )
    return error
