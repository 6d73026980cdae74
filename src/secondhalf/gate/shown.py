"""A decision's figures, limits and reasons as people read them, on the page and on a terminal alike."""

from secondhalf.analysis.facts import Unit
from secondhalf.analysis.flat.figures import FlatFigure
from secondhalf.analysis.flat.kinds import GAIN
from secondhalf.gate.decide import Decision, Judged
from secondhalf.report import numbers
from secondhalf.report.words import Language, fill, gate_words, headed, label, page_words


def name_of(row: Judged, primary: str, language: Language) -> str:
    """A figure's name in words; the gain's with the figure that it is a gain in."""
    words, page, figure = gate_words(language), page_words(language), row.limit.figure
    benchmark = figure.partition("contamination.")[2]
    if figure == GAIN:
        return fill(words["figure_gain"], figure=label(page, "figure", primary))
    if benchmark:
        return fill(words["figure_contamination_of"], benchmark=benchmark)
    return words.get(f"figure_{figure}") or page.get(f"probe_{figure}") or headed(page, "figure", figure)


def of_whom(row: Judged, language: Language) -> str:
    """The arm, and the one that it is compared with; "" where the figure is the run's."""
    arm, against = row.arm, row.limit.against
    if row.limit.figure == GAIN and row.figure:
        arm, against = row.figure.arm, row.figure.against
    return fill(gate_words(language)["against"], arm=arm, against=against) if against else arm


def decision_of(decision: Decision, language: Language) -> str:
    """One sentence: whether the run passed, and how many limits it did not keep."""
    words = gate_words(language)
    if not decision.passed:
        return fill(words["failed_lead"], n=len(decision.failed), all=len(decision.rows))
    parts = [fill(words["passed_lead"], n=len(decision.rows) - len(decision.remarks), all=len(decision.rows))]
    parts += [fill(words["with_remarks"], n=len(decision.remarks))] if decision.remarks else []
    parts += [fill(words["with_exceptions"], n=len(decision.excepted))] if decision.excepted else []
    return words["between"].join(parts)


def value_of(row: Judged, currency: str, language: Language) -> str:
    """What was measured; "–" where nothing was."""
    return _amount(row.figure.value, row, currency, language) if row.figure else "–"


def interval_of(row: Judged, currency: str, language: Language) -> str:
    """Its 95 % interval; "" where it was counted in full, or not measured."""
    figure = row.figure
    if figure is None or figure.low == figure.high == figure.value:
        return ""
    ends = (_amount(end, row, currency, language, bare=True) for end in (figure.low, figure.high))
    return fill(page_words(language)["range"], **dict(zip(("low", "high"), ends, strict=True)))


def limit_of(row: Judged, currency: str, language: Language) -> str:
    """The limit with its sign."""
    bounds = [("≥", row.limit.at_least), ("≤", row.limit.at_most)]
    return ", ".join(f"{sign} {_limit(bound, row, currency, language)}" for sign, bound in bounds if bound is not None)


def why_of(row: Judged, language: Language) -> str:
    """One sentence: why it is not kept; "" where it is."""
    words, page = gate_words(language), page_words(language)
    if not row.why:
        return ""
    nuisances = page["and"].join(page[f"nuisance_{name}"] for name in row.moves_with)
    counted = row.why == "beyond" and row.figure is not None and row.figure.low == row.figure.high
    text = fill(words["why_counted" if counted else f"why_{row.why}"], nuisances=nuisances)
    if row.limit.exception and (row.excepted or row.expired):
        key = "excepted" if row.excepted else "expired"
        text += words["between"] + fill(
            words[key], until=row.limit.exception.until, reason=row.limit.exception.reason.in_language(language)
        )
    return text


def _amount(value: float, row: Judged, currency: str, language: Language, *, bare: bool = False) -> str:
    """A figure in its unit; `bare`: without it."""
    figure, unit = row.figure, row.unit
    if unit == "money":
        return numbers.money(value, currency, language)
    if unit == "hours":
        return numbers.duration(value * 3600, language)
    digits = _digits(figure, unit) if figure else 2
    sign = numbers.signed if row.limit.is_claim else numbers.plain
    return sign(value, unit, digits) + ("" if bare else _suffix(row, language))


def _digits(figure: FlatFigure, unit: Unit) -> int:
    if figure.low == figure.high and figure.value == round(figure.value):
        return 0
    return numbers.decimals([figure.high - figure.low], unit)


def _limit(bound: float, row: Judged, currency: str, language: Language) -> str:
    """A limit as it was written, with the digits that it has."""
    if row.unit == "money":
        return numbers.money(bound, currency, language)
    if row.unit == "hours":
        return numbers.duration(bound * 3600, language)
    return f"{bound * numbers.scale(row.unit):.6g}".replace("-", "\u2212") + _suffix(row, language)


def _suffix(row: Judged, language: Language) -> str:
    """The percent sign of a share; a difference of shares is in points."""
    if row.unit != "share":
        return ""
    return numbers.NARROW + (gate_words(language)["points"] if row.limit.is_claim else "%")
