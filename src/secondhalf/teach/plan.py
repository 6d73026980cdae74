"""Who writes each pair's second half, and what is asked for it."""

from collections.abc import Iterable, Iterator, Mapping

import pyarrow as pa

from secondhalf.errors import UserError
from secondhalf.models.request import RefusedError, Reply, Request, SendRequests
from secondhalf.rows import Pair, from_table
from secondhalf.teach.draft import DraftSettings, draft_request, mendable
from secondhalf.teach.settings import TeachSettings
from secondhalf.teach.teachers import assign_teacher

# The seed of reply k is k strides further: far from every seed that a person would choose.
_STRIDE = 1_000_003


def teacher_requests(pair: Pair, settings: TeachSettings, draft: str = "", teacher: str = "") -> list[Request]:
    """One teacher's messages for one pair, once for each reply; the first has the pair's own id and the recipe's seed.

    `draft` is what it mends, `teacher` its name where there are several.
    """
    system = (("system", settings.system),) if settings.system else ()
    messages = (*system, ("user", settings.turn(pair.prompt.strip(), draft)))
    sampling = settings.sampling
    return [
        Request(
            f"{pair.id}#{number}" if number else pair.id,
            messages,
            sampling.model_copy(update={"seed": sampling.seed + _STRIDE * number}) if number else sampling,
            teacher,
        )
        for number in range(settings.replies)
    ]


class TeachPlan:
    """Who writes each pair's second half, and what is asked for it."""

    def __init__(self, settings: TeachSettings, drafter: SendRequests | None) -> None:
        self.teachers, self._drafter = settings.by_teacher(), drafter
        self._shares = {name: settings.teachers[name].share if name else 1.0 for name in self.teachers}

    def teacher_of(self, pair: Pair) -> str:
        """The teacher's name; "" where there is one alone."""
        return assign_teacher(pair.document, self._shares)

    def drafts_for(self, pair: Pair) -> DraftSettings | None:
        """How the pair's draft is written; None where its teacher mends none."""
        own = self.teachers[self.teacher_of(pair)]
        return own.draft if own.ask == "draft" else None

    def drafts(self, pairs: Iterable[Pair], label: str) -> dict[str, Reply | RefusedError]:
        """The drafts of the pairs whose teacher mends one, by pair; from the journal where they are there.

        Raises UserError where nobody is there to draft.
        """
        requests = [draft_request(pair, own) for pair in pairs if (own := self.drafts_for(pair))]
        if not requests:
            return {}
        if self._drafter is None:
            raise UserError("teach.ask: draft needs somebody who drafts: give TeacherModels.drafter as `drafter`.")
        return dict(self._drafter(requests, f"{label}, drafts"))

    def requests(self, pair: Pair, drafts: Mapping[str, Reply | RefusedError]) -> list[Request]:
        """What the pair's teacher is asked; nothing where the draft that it should mend is not there."""
        name = self.teacher_of(pair)
        own, draft = self.teachers[name], mendable(drafts.get(pair.id))
        return [] if own.ask == "draft" and not draft else teacher_requests(pair, own, draft, name)

    def stream(self, shards: Iterable[pa.Table], teacher: str, label: str) -> Iterator[Request]:
        """One teacher's requests for all pairs, a shard at a time: memory does not follow their number."""
        for shard in shards:
            own = [pair for pair in from_table(Pair, shard) if self.teacher_of(pair) == teacher]
            drafts = self.drafts(own, label)
            for pair in own:
                yield from self.requests(pair, drafts)
