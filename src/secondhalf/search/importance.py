"""Which fields mattered: of a figure's variance over the trials, the share that each field alone explains.

One-way: trials are grouped by the field's value, those of a range into quarters of its trials, and the variance between the
groups is held against the whole (epsilon squared, Kelley 1935: what groups as small would explain by chance is taken off). The
shares need not add up to 1, and what only two fields together do is in none of them. An adaptive search tries good values
more often, so its shares are of the region where it looked. A description of the trials, no claim.
"""

from collections.abc import Sequence

from secondhalf.search.axes import Axis, Setting

_GROUPS = 4


def field_importance(axes: Sequence[Axis], values: Sequence[tuple[Setting, float]]) -> dict[str, float]:
    """For each field its share, 0 to 1, the largest first. `values`: a setting and a figure a trial. Empty below 4 trials."""
    if len(values) < _GROUPS:
        return {}
    figures = [value for _, value in values]
    shares = {
        axis.field: _share(_groups(axis, [setting[axis.field] for setting, _ in values]), figures) for axis in axes
    }
    return dict(sorted(shares.items(), key=lambda item: -item[1]))


def _groups(axis: Axis, written: list[str]) -> list[int]:
    """The group of each trial."""
    kinds = sorted(set(written), key=float) if axis.range else sorted(set(written))
    if axis.range is None or len(kinds) <= _GROUPS:
        return [kinds.index(value) for value in written]
    ordered = sorted(float(value) for value in written)
    return [min(_GROUPS - 1, _GROUPS * ordered.index(float(value)) // len(ordered)) for value in written]


def _share(groups: list[int], figures: list[float]) -> float:
    count, kinds = len(figures), sorted(set(groups))
    mean = sum(figures) / count
    total = sum((figure - mean) ** 2 for figure in figures)
    if total == 0 or len(kinds) < 2 or count == len(kinds):
        return 0.0
    within = 0.0
    for kind in kinds:
        members = [figure for group, figure in zip(groups, figures, strict=True) if group == kind]
        middle = sum(members) / len(members)
        within += sum((figure - middle) ** 2 for figure in members)
    between = total - within
    return max(0.0, (between - (len(kinds) - 1) * within / (count - len(kinds))) / total)
