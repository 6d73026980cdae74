"""Does a reply contradict a fact that its prompt states? Only a reader can tell: a model is asked, where the recipe names one."""

from typing import Annotated

from pydantic import AfterValidator

from secondhalf.audit.pair_judge import PairJudgeSettings, check_wording, pair_request, says_yes
from secondhalf.models.request import RefusedError, Reply, Request
from secondhalf.rows import Pair, Verdict


class ContradictionSettings(PairJudgeSettings):
    """The model that is asked of each pair that passes every other check whether the reply contradicts the prompt."""

    wording: Annotated[str, AfterValidator(check_wording)] = (
        "A text:\n\n{text}\n\nIts continuation, written by someone else:\n\n{continuation}\n\nDoes the continuation say anything "
        "that cannot be true if what the text states is true? New facts, opinions and changes of subject are no contradiction. "
        "Answer with one word, yes or no."
    )
    """What it is asked; {text} stands for the half, {continuation} for the reply. Its first yes or no (はい, いいえ) counts."""


def contradiction_request(pair: Pair, settings: ContradictionSettings) -> Request:
    """The question on one pair, under its id."""
    return pair_request(pair, settings.wording, settings.sampling)


def contradiction_verdict(id: str, reply: Reply | RefusedError) -> Verdict:
    """Score: 1 for yes, 0 for no. Without a word that can be read the pair passes, and the reason says so."""
    contradicts = says_yes(reply)
    if contradicts is None:
        return Verdict(id, "contradiction", True, 0.0, "no word of the judge on contradictions")
    reason = "contradicts the prompt, says the judge" if contradicts else ""
    return Verdict(id, "contradiction", not contradicts, float(contradicts), reason)
