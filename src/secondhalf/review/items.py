"""What people judge: pairs, two answers to one prompt, answers of the endpoint. Each is looked up by its name, and each queue is
a list of names in order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

ItemKind = Literal["pair", "comparison", "flagged"]
QUEUES = ("random", "uncertain", "flagged", "compare")
"""The queues that every reviewer has; leads have `disputed` too."""
DISPUTED = "disputed"
ACTIONS: Mapping[str, tuple[str, ...]] = {
    "pair": ("accept", "edit", "reject"),
    "flagged": ("accept", "edit", "reject"),
    "comparison": ("first", "second", "tie"),
}
"""What may be decided about each kind, as the log has it. On a page `first` and `second` are `left` and `right`, or turned."""


def is_of_kind(item: str, kind: str) -> bool:
    """Whether an item's name is that of one of a kind: an item decided about as another kind has no figure."""
    return item.partition(":")[0] == kind


@dataclass(frozen=True, slots=True)
class CheckNote:
    """What a check found in an item. `check` is a check's name of audit or endpoint."""

    check: str
    reason: str
    passed: bool


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One thing to judge, as a page shows it.

    `item` is its name in the log, `id` the pair's, the prompt's or the request's, `subject` the data set, or what is compared.
    `texts` has one text, or two from left to right; `turned`: the left one is the second arm's. `seen` is the texts' hash;
    `seed` says which of the arms' training seeds wrote them, by its place among them.
    """

    item: str
    kind: ItemKind
    subject: str
    id: str
    language: str
    prompt: str
    texts: tuple[str, ...]
    seen: str
    original: str = ""
    reference: str = ""
    turned: bool = False
    seed: int = 0
    notes: tuple[CheckNote, ...] = ()

    def logged(self, action: str) -> str:
        """The page's action as the log has it; "" for what only the log has, which nobody who is blind can mean."""
        sides = ("second", "first") if self.turned else ("first", "second")
        return {"left": sides[0], "right": sides[1], "first": "", "second": ""}.get(action, action)

    def shown(self, action: str) -> str:
        """The log's action as the page has it."""
        names = ("left", "right") if not self.turned else ("right", "left")
        return dict(zip(("first", "second"), names, strict=True)).get(action, action)


class ItemSource(Protocol):
    """Where items of some kind come from."""

    def item(self, name: str) -> ReviewItem | None:
        """The item of that name; None where this source has none such."""

    def orders(self) -> Mapping[str, Sequence[str]]:
        """The names of its items in each queue that it has, in order."""


@dataclass(frozen=True)
class ReviewItems:
    """The items of all sources."""

    sources: Sequence[ItemSource]
    orders: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for source in self.sources:
            for queue, names in source.orders().items():
                self.orders.setdefault(queue, []).extend(names)

    def item(self, name: str) -> ReviewItem | None:
        """The item of that name; None where the run has none such, or no more."""
        return next((item for source in self.sources if (item := source.item(name)) is not None), None)
