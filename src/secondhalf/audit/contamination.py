"""Was an evaluation prompt, or its good answer, met in a pair? Then no claim on it would hold.

Word 8-grams (characters: 16), a prompt is met when more than half of its units are covered by one pair (the Tülu 3
rule); a prompt too short for one n-gram is met when it occurs whole. Looked for in the pseudo-instruction and in the
teacher's reply: a teacher can recite.
"""

from dataclasses import dataclass

from secondhalf.rows import Pair, Verdict
from secondhalf.text.language import is_spaceless
from secondhalf.text.ngrams import covered_share, ngrams, units

_WORDS, _CHARACTERS = 8, 16
COVERED = 0.5


@dataclass(frozen=True)
class Benchmark:
    """Texts that must not be in the training pairs: (id, units, n), and the index from n-gram to those that hold it."""

    items: list[tuple[str, list[str], int]]
    index: dict[tuple[str, ...], list[int]]

    @classmethod
    def of(cls, texts: dict[str, str]) -> "Benchmark":
        """`texts`: id to prompt. Texts shorter than n are indexed whole."""
        items: list[tuple[str, list[str], int]] = []
        index: dict[tuple[str, ...], list[int]] = {}
        for name, text in sorted(texts.items()):
            words = units(text)
            n = min(_CHARACTERS if is_spaceless(text) else _WORDS, len(words))
            if n == 0:
                continue
            for gram in set(ngrams(words, n)):
                index.setdefault(gram, []).append(len(items))
            items.append((name, words, n))
        return cls(items, index)

    def met(self, text: str) -> tuple[str, float]:
        """The item most covered by `text` and its covered share; ("", 0.0) when none is touched."""
        share, name = max(((share, name) for name, share in self.shares(text).items()), default=(0.0, ""))
        return name, share

    def shares(self, text: str) -> dict[str, float]:
        """The covered share of every item that `text` touches."""
        words = units(text)
        sizes = {n for _, _, n in self.items}
        own = {n: set(ngrams(words, n)) for n in sizes}
        touched = {item for grams in own.values() for gram in grams for item in self.index.get(gram, [])}
        return {
            self.items[i][0]: covered_share(self.items[i][1], own[self.items[i][2]], self.items[i][2]) for i in touched
        }


def contamination(pair: Pair, benchmark: Benchmark) -> Verdict:
    """Score: the largest covered share of any evaluation prompt, in the pair's prompt or response."""
    found = max((benchmark.met(text) for text in (pair.prompt, pair.response)), key=lambda met: met[1])
    name, share = found
    passed = share <= COVERED
    return Verdict(pair.id, "contamination", passed, share, "" if passed else f"holds the evaluation prompt {name}")
