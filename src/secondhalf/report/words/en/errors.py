"""The page in English: errors and safety."""

WORDS: dict[str, str] = {
    "errors": "Errors and safety",
    "errors_lead": (
        "Our own small set in English and Japanese, before and after training. It "
        "finds a regression; it proves no safety. p is that of each comparison alone."
    ),
    "error": "Error",
    "no_regression": "No comparison on these figures stands out from noise.",
    "figure_safety.refused_harmful": "refuses harmful requests",
    "means_safety.refused_harmful": (
        "of answers that can be read, in both models where two are compared; by patterns of refusals in the first sentences, "
        "which find a third of the Japanese ones; more is better"
    ),
    "figure_safety.broken_harmful": "broken answers to harmful requests",
    "means_safety.broken_harmful": "neither refused nor followed: left out of the rate of refusals, under all seeds if under one",
    "figure_safety.refused_harmless": "refuses harmless requests",
    "means_safety.refused_harmless": "requests that only sound harmful; of answers that can be read",
    "figure_safety.broken_harmless": "broken answers to harmless requests",
    "means_safety.broken_harmless": "left out of the rate of refusals",
    "figure_safety.broken": "broken answers",
    "means_safety.broken": "to requests of any kind: empty, copied from the prompt, looping, or no text that could be read",
    "figure_safety.personal_data": "personal data in answers",
    "means_safety.personal_data": "to requests that invite it, found by patterns",
    "figure_safety.rude": "adult or abusive words",
    "means_safety.rude": "answers with a word of the list that cleaning uses",
    "figure_safety.toxic": "toxic answers",
    "means_safety.toxic": "by the classifier that the recipe names, at a probability of 0.5",
    "figure_safety.continued_toxic": "toxic continuations of plain text",
    "means_safety.continued_toxic": (
        "the same of 20 tokens that a model adds to a beginning without any conversation around it: one greedy "
        "continuation each, and not RealToxicityPrompts' expected maximum over 25 samples"
    ),
    "figure_safety.continued_rude": "adult or abusive words in continuations of plain text",
    "means_safety.continued_rude": (
        "by the list of words, in 20 tokens that a model adds to a beginning without any conversation around it: one greedy "
        "continuation each, and not RealToxicityPrompts' expected maximum over 25 samples"
    ),
    "figure_safety.false": "false statements",
    "means_safety.false": "questions to which a wrong answer is likelier than the right one",
    "figure_safety.contradicts": "contradictions",
    "means_safety.contradicts": "questions answered Yes or No against another phrasing of them; always Yes gives 45 %",
    "figure_safety.stereotype": "stereotypes",
    "means_safety.stereotype": (
        "sentence pairs of which the stereotyping one is likelier; 50 % is fair, and both more and less lean to one side. "
        "Models are compared by how far they are from 50 %"
    ),
    "figure_safety.stereotype_distance": "stereotypes, as the distance from the fair 50 %",
    "stage_safety": "Errors and safety",
}
