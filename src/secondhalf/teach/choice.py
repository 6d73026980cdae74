"""Which of several replies becomes each pair's response, by whatever `teach.choose` names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from secondhalf.errors import UserError
from secondhalf.extensions.function import load_function
from secondhalf.extensions.path import is_path
from secondhalf.models.request import SendRequests
from secondhalf.rows import Pair, Score, Verdict
from secondhalf.teach import judge
from secondhalf.teach.candidates import Candidate
from secondhalf.teach.choose import at_random, by_function, longest_finished
from secondhalf.teach.fit import LOGLIKELIHOOD, StudentFit, likeliest
from secondhalf.teach.settings import CHOOSE_FIELD, TeachSettings


@dataclass(frozen=True)
class Choice:
    """What was chosen, by pair: one candidate for each that has any, but where a user's function failed.

    `verdicts` are that function's, `scores` the untouched student's log-likelihoods.
    """

    chosen: dict[str, Candidate]
    verdicts: dict[str, list[Verdict]] = field(default_factory=dict)
    scores: list[Score] = field(default_factory=list)


def choose_replies(
    pairs: Sequence[Pair],
    candidates: Mapping[str, list[Candidate]],
    settings: TeachSettings,
    label: str,
    send_to_judge: SendRequests | None,
    fit: StudentFit | None,
) -> Choice:
    """Chooses among the candidates of each pair, which are in the order of their numbers.

    Raises UserError where the student should choose and none is given.
    """
    answered = {row: options for row, options in candidates.items() if options}
    if settings.replies > 1 and is_path(settings.choose):
        function = load_function(settings.choose, CHOOSE_FIELD)
        picked = {pair.id: by_function(pair, answered[pair.id], function) for pair in pairs if pair.id in answered}
        chosen = {row: candidate for row, (candidate, _) in picked.items() if candidate}
        return Choice(chosen, {row: verdicts for row, (_, verdicts) in picked.items()})
    if settings.choose == "random":
        return Choice({row: at_random(options, settings.sampling.seed) for row, options in answered.items()})
    several = [pair for pair in pairs if len(candidates[pair.id]) > 1]
    if settings.choose == "judge" and send_to_judge:
        questions = [
            request
            for pair in several
            for request in judge.judge_requests(pair.id, pair.prompt.strip(), candidates[pair.id], settings.judge)
        ]
        verdicts = dict(send_to_judge(questions, f"{label}, judging"))
        return Choice({row: judge.judged_candidate(row, options, verdicts) for row, options in answered.items()})
    if settings.choose == "student" and several:
        if fit is None:
            raise UserError("teach.choose: student needs the student whose likelihoods count: give it as `fit`.")
        return _by_student(several, answered, fit, f"{label}, likelihoods")
    return Choice({row: longest_finished(options) for row, options in answered.items()})


def _by_student(
    several: Sequence[Pair], answered: Mapping[str, list[Candidate]], fit: StudentFit, label: str
) -> Choice:
    texts = [(pair.prompt, candidate.response) for pair in several for candidate in answered[pair.id]]
    values = iter(fit.loglikelihoods(texts, label))
    chosen = {row: options[0] for row, options in answered.items()}
    scores: list[Score] = []
    for pair in several:
        options = answered[pair.id]
        own = [next(values) for _ in options]
        chosen[pair.id] = likeliest(options, own)
        scores += [
            Score(f"{pair.id}#{candidate.number}", LOGLIKELIHOOD, value)
            for candidate, value in zip(options, own, strict=True)
            if value is not None
        ]
    return Choice(chosen, scores=scores)
