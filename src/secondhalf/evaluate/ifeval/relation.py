"""The two comparisons that the benchmarks' instructions use, in the words of their files."""

from secondhalf.errors import UserError

_BELOW = ("less than", "未満")
_REACHED = ("at least", "以上")


def holds(count: int, relation: str, threshold: int) -> bool:
    """Whether `count` is below the threshold ("less than", 未満), or reaches it ("at least", 以上)."""
    if relation not in _BELOW + _REACHED:
        raise UserError(f"The relation {relation!r} is unknown; write one of {', '.join(_BELOW + _REACHED)}.")
    return count < threshold if relation in _BELOW else count >= threshold
