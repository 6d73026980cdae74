"""What a figure moves with although nothing was learned: a figure may carry a verdict only when it moves with none of it.

Each entry is what was measured or follows from the figure's definition:

    sharpness   logits of the untouched student times 1.1 "gain" +0.034 nats of relevance [0.026, 0.042], times 1.2 +0.071
                [0.056, 0.086]; training on a small teacher's replies sharpens. margin has the same mean and moves alike.
    topic       58 % of relevance comes from tokens that stand in the prompt: any text on the prompt's topic raises it
    format      training on anything that ends makes answers stop, short and without loops, and by that passes checks of
                length and form; so do wrong prompts' replies
    loops       a loop of the prompt's own words satisfies keywords, lengths and repetitions
    untested    nobody has shown that it stays put
"""

from typing import Literal

Nuisance = Literal["sharpness", "topic", "format", "loops", "untested"]

MOVES_WITH: dict[str, tuple[Nuisance, ...]] = {
    # The real untouched student with its logits times 0.8 to 1.5, under other templates, and with shuffled prompts:
    # benchmarks/results/invariance.json. Opposite constraints cancel what copying and a taste for one answer do.
    "minimal_pairs": (),
    "relevance": ("sharpness", "topic"),
    "margin": ("sharpness", "topic"),
    "ranking": ("topic",),
    "constraints": ("format",),
    "constraints_cut": ("format",),
    "checks": ("format",),
    "checks_cut": ("format",),
    "stops": ("format",),
    "next_turn": ("format",),
    "repeats": ("format",),
    "echo": ("format",),
    "language_kept": ("format",),
    "empty": ("format",),
    "entropy": ("sharpness",),
    "divergence": ("sharpness", "format"),
}
"""The everyday prompts' figures."""
_IFEVAL = ("ifeval", "ifeval_ja", "ifbench")


def moves_with(figure: str) -> tuple[Nuisance, ...]:
    """What `figure` moves with when nothing was learned; ("untested",) for one that was never tried, such as a judge's grade.

    Empty only for a figure that tests hold still: it alone may carry a verdict.
    """
    if figure in MOVES_WITH:
        return MOVES_WITH[figure]
    benchmark, _, name = figure.partition(".")
    if benchmark in _IFEVAL:
        return ("format",) if name.startswith("guarded") else ("format", "loops")
    return ("untested",)
