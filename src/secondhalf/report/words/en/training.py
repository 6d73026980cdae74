"""The page in English: losses, leaks, overfitting and forgetting."""

WORDS: dict[str, str] = {
    # Losses.
    "losses": "Loss while training",
    "losses_lead": (
        "Nats a supervised token; lower is better. The seeds of an arm lie over one another, and all arms "
        "share one scale."
    ),
    "loss_train": "training",
    "loss_held_out": "held out",
    "loss_title": "Loss of {arm}",
    "loss_desc": "Training loss from {first} to {last}.",
    "loss_desc_held": "Held-out loss from {first} to {last}.",
    "axis_step": "step",
    "axis_tokens": "supervised tokens",
    "no_points": "No losses were recorded.",
    "loss_gap": "Held-out minus training loss at the end: {gap}.",
    "stopped_early": "Seed {seed}: stopped early after step {last}; the weights of step {best} were kept.",
    "kept_best": "Seed {seed}: of {last} steps, the weights of step {best} were kept, where the held-out loss was lowest.",
    # Leaks, overfitting and forgetting.
    "overfitting": "Leaks, overfitting and forgetting",
    "overfitting_lead": (
        "What training did beside teaching: the same model on pairs it was trained on and on pairs held out of training, and "
        "on plain text after training and before. A limit is passed when the whole 95 % interval lies beyond it."
    ),
    "overfitting_over": (
        "Over the limit: {figure}, arm “{arm}”, worse by {difference} (95 % interval {low} to {high}); the recipe "
        "allows {limit}."
    ),
    "overfitting_kept": "No limit was passed.",
    "overfitting_undecided": (
        "{n} figure was not shown to be within its limit: the limit lies inside the interval, and more pairs or "
        "documents would have to tell.|{n} figures were not shown to be within their limits: the limit lies inside "
        "the interval, and more pairs or documents would have to tell."
    ),
    "on_trained": "Pairs trained on",
    "on_held_out": "Held-out pairs",
    "student_before": "Trained on, before training",
    "text_after": "After training",
    "text_before": "Before training",
    "worse_by": "Worse by",
    "limit": "Limit",
    "n_sides": "{n} trained on, {m} held out",
    "n_documents": "{n} document|{n} documents",
    "state_within": "within the limit",
    "state_over": "over the limit",
    "state_undecided": "not shown to be within",
    "probe_gap": "gap between held-out and training loss",
    "means_gap": (
        "cross-entropy of the replies, nats a token; worse by how much further training lowered it for its own pairs than "
        "for held-out ones, each pair relative to the untouched student"
    ),
    "probe_leak_reply": "passages of the training reply",
    "means_leak_reply": (
        "share of prompts whose greedy answer repeats a long passage of the pair’s reply word for word; of a held-out "
        "pair the model never saw it"
    ),
    "probe_leak_original": "passages of the document’s own second half",
    "means_leak_original": (
        "share of prompts whose greedy answer repeats a long passage of what stands in the document after the prompt"
    ),
    "probe_forgotten_corpus": "forgetting: documents of the corpus",
    "means_forgotten_corpus": "cross-entropy of documents that were not taught, as plain text, nats a token",
    "probe_forgotten_en": "forgetting: English prose",
    "means_forgotten_en": "the same of English texts written for this test",
    "probe_forgotten_ja": "forgetting: Japanese prose",
    "means_forgotten_ja": "the same of Japanese texts written for this test",
}
