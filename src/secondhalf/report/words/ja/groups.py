"""The page in Japanese: results by task category and by language."""

WORDS: dict[str, str] = {
    "groups": "課題別・言語別の結果",
    "groups_lead": (
        "効果は一般に成り立つか。同じ差を課題の種類ごと・言語ごとに示す。"
        "効果の最も小さい区分を先頭に置き、p 値は区分の数で補正している。"
    ),
    "profile": "課題の種類ごとの平均",
    "profile_title": "{figure}のレーダーチャート",
    "profile_desc": "1 軸が 1 種類の課題。値は下の表にある。",
    "by_category": "課題の種類別",
    "by_language": "言語別",
    "group_category": "課題の種類",
    "group_language": "言語",
    "group_difference": "差",
    "group_prompts": "プロンプト数",
    "least_gain": "効果が最小",
    "group_left_out": "プロンプトが 1 件のため除いた区分：{names}。",
}
