"""Does an evaluation prompt, or its good answer, stand in a pair? Then no claim on it would hold.

Word 8-grams (characters: 16); a prompt is contaminated when one pair covers more than half of its units (Tülu 3, arXiv
2411.15124, section 3.2); a prompt too short for one n-gram is contaminated when it occurs whole. Looked for in the
pseudo-instruction and in the teacher's reply: a teacher can recite.
"""

from dataclasses import dataclass

from secondhalf.rows import Pair, Verdict
from secondhalf.text.language import is_spaceless
from secondhalf.text.ngrams import all_ngrams, covered_share, units

_WORDS, _CHARACTERS = 8, 16
MAX_COVERED = 0.5


@dataclass(frozen=True)
class OverlapIndex:
    """Texts that must not be in the training pairs: (id, units, n), and the index from n-gram to those that hold it."""

    items: list[tuple[str, list[str], int]]
    index: dict[tuple[str, ...], list[int]]

    @classmethod
    def of(cls, texts: dict[str, str]) -> "OverlapIndex":
        """`texts`: id to prompt. Texts shorter than n are indexed whole."""
        items: list[tuple[str, list[str], int]] = []
        index: dict[tuple[str, ...], list[int]] = {}
        for name, text in sorted(texts.items()):
            words = units(text)
            n = min(_CHARACTERS if is_spaceless(text) else _WORDS, len(words))
            if n == 0:
                continue
            for gram in set(all_ngrams(words, n)):
                index.setdefault(gram, []).append(len(items))
            items.append((name, words, n))
        return cls(items, index)

    def most_covered(self, text: str) -> tuple[str, float]:
        """The item most covered by `text` and its covered share, 0 to 1; ("", 0.0) when none is touched."""
        share, name = max(((share, name) for name, share in self.covered_shares(text).items()), default=(0.0, ""))
        return name, share

    def covered_shares(self, text: str) -> dict[str, float]:
        """By id: the covered share, 0 to 1, of every item that `text` touches."""
        words = units(text)
        sizes = {n for _, _, n in self.items}
        own = {n: set(all_ngrams(words, n)) for n in sizes}
        touched = {item for grams in own.values() for gram in grams for item in self.index.get(gram, [])}
        return {
            self.items[i][0]: covered_share(self.items[i][1], own[self.items[i][2]], self.items[i][2]) for i in touched
        }


def check_contamination(pair: Pair, index: OverlapIndex) -> Verdict:
    """Score: the largest covered share of any evaluation prompt, 0 to 1, in the pair's prompt or response."""
    covered = [index.most_covered(text) for text in (pair.prompt, pair.response)]
    name, share = max(covered, key=lambda item: item[1])
    passed = share <= MAX_COVERED
    return Verdict(pair.id, "contamination", passed, share, "" if passed else f"holds the evaluation prompt {name}")
