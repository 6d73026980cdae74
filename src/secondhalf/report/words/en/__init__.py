"""The page in English. Phrases with places are filled by `fill`; `one|many` by number."""

from secondhalf.report.words.en import answers, arms, benchmarks, errors, funnel, groups, judges, page, training

WORDS: dict[str, str] = (
    page.WORDS
    | arms.WORDS
    | benchmarks.WORDS
    | errors.WORDS
    | groups.WORDS
    | judges.WORDS
    | funnel.WORDS
    | training.WORDS
    | answers.WORDS
)
