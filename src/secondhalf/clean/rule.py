"""A published rule: a figure of a text against a least and a most; and how a refusal says what was measured and which field holds
the limit."""

from secondhalf.rows import Verdict


def rule_verdict(
    id: str,
    check: str,
    figure: float,
    reason: str,
    field: str,
    *,
    least: float | None = None,
    most: float | None = None,
) -> Verdict:
    """The verdict on `figure`. A limit that is None is off; a figure equal to its limit passes.

    `field`: the one that holds the limit, of the filter whose name `check` begins with; of two, the least's and the most's with a
    blank between them.
    """
    names = [f"clean.{check.partition('.')[0]}.{name}" for name in field.split()]
    if least is not None and figure < least:
        return Verdict(id, check, False, float(figure), below(reason, figure, least, names[0]))
    if most is not None and figure > most:
        return Verdict(id, check, False, float(figure), above(reason, figure, most, names[-1]))
    return Verdict(id, check, True, float(figure))


def below(reason: str, figure: float, least: float, field: str) -> str:
    """A reason with the figure that is below its limit: "too short: 31, at least 50 wanted (clean.length.min_words)"."""
    return f"{reason}: {_apart(figure, least)}, at least {least:g} wanted ({field})"


def above(reason: str, figure: float, most: float, field: str) -> str:
    """A reason with the figure that is above its limit: "repeated lines: 0.42, at most 0.3 allowed (FIELD)"."""
    return f"{reason}: {_apart(figure, most)}, at most {most:g} allowed ({field})"


def _apart(figure: float, limit: float) -> str:
    """The figure in as few digits, two at least, as show that it is not the limit; whole numbers whole."""
    if float(figure).is_integer():
        return str(int(figure))
    return next((text for digits in range(2, 17) if float(text := f"{figure:.{digits}g}") != limit), repr(figure))
