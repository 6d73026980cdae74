"""The page in Japanese, file by file under the keys of en/."""

from secondhalf.report.words.ja import answers, arms, benchmarks, errors, funnel, groups, judges, page, training

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
