"""The page in English: the frame, the verdict and the end."""

WORDS: dict[str, str] = {
    # Sentences are built from these.
    "quoted": "“{name}”",
    "aside": " ({parts})",
    "aside_join": "; ",
    "colon": ": ",
    "between": " ",
    "range": "{low} to {high}",
    "claims_locked": "prompts locked away for claims",
    "claims_choose": "prompts on which settings are chosen",
    "difference_share": "percentage points",
    "difference_nats": "nats a token",
    "difference_points": "points",
    "difference_count": "",
    # The head and the verdict.
    "run": "Run",
    "contents": "Contents",
    "verdict": "Verdict",
    "outcome_better": "Better",
    "outcome_worse": "Worse",
    "outcome_noise": "Within noise",
    "primary_named": (
        "The recipe’s primary figure is {figure}. It has to be named before anyone looks at the answers."
    ),
    "no_verdict": "No comparison was made on the primary figure, so this page makes no claim.",
    "also": "The same figure against the other arms",
    "chosen_on": "These are the prompts on which settings are chosen, so no claim can rest on this page.",
    "noise_means": (
        "“Within noise” means that these prompts and seeds do not tell the two apart. It does not mean that "
        "they are equal."
    ),
    # The rest.
    "unchecked": "What was not checked",
    "no_unchecked": "Nothing was listed. That is no proof that everything was checked.",
    "notices": "Licences and terms",
    "provenance": "Provenance",
    "provenance_lead": "What made this page: recipe, code, packages, machine, models, corpus, seeds and stages.",
    "show_provenance": "Show all {n} entries",
    "unknown": "unknown",
    # Provenance, by the labels of provenance.py.
    "check_sample": "sampling",
    "entry_secondhalf run": "run",
    "entry_code revision": "code revision",
    "entry_packages": "packages",
    "entry_python": "Python",
    "entry_machine": "machine",
    "entry_corpus licence": "licence of the corpus",
    "entry_everyday prompts": "evaluation prompts",
    "entry_hashes": "hashes of models and texts",
    "entry_stages": "stages",
    "entry_recipe, resolved": "recipe, every default written out",
}
