"""What became of a call to a worker on a node: whether the worker is lost, or what it says."""

from typing import Any

from secondhalf.errors import UserError


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


def no_cores() -> UserError:
    """Of a cluster that has lost all its nodes."""
    return UserError(
        "The Ray cluster has no node with a core left: start nodes (`ray start --address=HOST:PORT`) and run again; "
        "what was done is kept."
    )
