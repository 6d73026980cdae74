"""The page in English: judges held to account."""

WORDS: dict[str, str] = {
    "judges": "The judges",
    "judges_lead": (
        "Every judge was also shown pairs of answers whose order is known, both ways round. What "
        "it says of this run’s answers is worth as much as what it says of those."
    ),
    "judge": "Judge",
    "judge_items": "held to {n} pair|held to {n} pairs",
    "judge_right": "Prefers the better answer",
    "judge_flip": "Flips with the order",
    "judge_first": "Favours the first",
    "judge_read": "Could be read",
    "judge_length": (
        "An answer twice as long has {mean} times the odds of "
        "winning [{low} to {high}], over {n} comparisons; 1 would be fair."
    ),
    "judge_own": (
        "It favours models of its own family by {mean} points [{low} to {high}], over {n} graded turns; 0 would be fair."
    ),
    "judge_agree": (
        "Agreement of {one} with {other}: kappa {mean} [{low} to {high}]; 0 is chance, 1 is agreement throughout."
    ),
    "judge_blind": (
        "it does not tell better answers from worse ones beyond chance, so its figures say nothing about quality."
    ),
    "judge_unread": "only {share} % of its judgments could be read; the others count for nothing.",
    "judge_flips": (
        "its verdict often flips when the answers change places; look at the figures that count flips as ties."
    ),
    "stage_account": "Judges held to account",
}
