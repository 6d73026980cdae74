"""The page in English: results by task category and by language."""

WORDS: dict[str, str] = {
    "groups": "By task and by language",
    "groups_lead": (
        "Does it generalise? The same differences within each task category and each language, the group with the least "
        "gain first. p is corrected for the number of groups."
    ),
    "profile": "mean by task category",
    "profile_title": "Radar plot of {figure}",
    "profile_desc": "One axis a task category; the table below has the values.",
    "by_category": "by task category",
    "by_language": "by language",
    "group_category": "Task category",
    "group_language": "Language",
    "group_difference": "Difference",
    "group_prompts": "Prompts",
    "least_gain": "least gain",
    "group_left_out": "Left out, with a single prompt each: {names}.",
}
