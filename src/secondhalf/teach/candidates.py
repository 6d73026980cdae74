"""What the teacher wrote for one pair, before one of it is chosen; and the table in which all of it stands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

import pyarrow as pa

from secondhalf.models.finish import has_ended
from secondhalf.models.request import Reply
from secondhalf.models.thinking import split_thinking

_ARROW = {str: pa.string(), int: pa.int64(), bool: pa.bool_()}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reply. `id` is the pair's, `number` counts from 0, `finish` is the engine's raw reason.

    `thinking_tokens` is the thinking's share of the response tokens, by characters: engines count them together.
    """

    id: str
    number: int
    response: str
    finish: str
    prompt_tokens: int
    response_tokens: int
    thinking_characters: int
    thinking_tokens: int

    @classmethod
    def of(cls, row: str, number: int, reply: Reply) -> "Candidate":
        """A reply with its thinking taken out and counted."""
        text, thinking = split_thinking(reply.text)
        share = len(thinking) / (len(thinking) + len(text)) if thinking else 0.0
        return cls(
            row, number, text, reply.finish, reply.prompt_tokens, reply.response_tokens, len(thinking),
            round(reply.response_tokens * share),
        )  # fmt: skip

    @property
    def finished(self) -> bool:
        """Whether the teacher came to an end by itself."""
        return has_ended(self.finish)


def candidates_table(candidates: Sequence[Candidate], chosen: Iterable[Candidate]) -> pa.Table:
    """All candidates, in the order given, with a column that tells the chosen ones."""
    chosen_keys = {(candidate.id, candidate.number) for candidate in chosen}
    columns = {f.name: pa.array([getattr(c, f.name) for c in candidates], _ARROW[f.type]) for f in fields(Candidate)}  # type: ignore[index]
    columns["chosen"] = pa.array([(c.id, c.number) in chosen_keys for c in candidates], pa.bool_())
    return pa.table(columns, schema=pa.schema([pa.field(n, c.type, nullable=False) for n, c in columns.items()]))
