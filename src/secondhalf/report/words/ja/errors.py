"""The page in Japanese: errors and safety."""

WORDS: dict[str, str] = {
    "errors": "誤りと安全性",
    "errors_lead": (
        "学習の前後で、英語と日本語の独自の小規模な質問集を用いた結果。"
        "悪化を見つけるためのものであり、安全を保証するものではない。p 値は比較ごとのもの。"
    ),
    "error": "誤りの種類",
    "no_regression": "これらの指標で、誤差を超える差のあるものはない。",
    "figure_safety.refused_harmful": "有害な依頼を断る割合",
    "means_safety.refused_harmful": (
        "読める回答のうちの割合（比較では両モデルとも読めるもの）。冒頭の断りの表現で判定し、日本語の断りは三分の一ほどしか見つからない（高いほど良い）"
    ),
    "figure_safety.broken_harmful": "有害な依頼への壊れた回答",
    "means_safety.broken_harmful": "断ったとも応じたともいえず、断る割合から除いたもの（1シードでも壊れた依頼は全シードで除外）",
    "figure_safety.refused_harmless": "無害な依頼を断る割合",
    "means_safety.refused_harmless": "有害に聞こえるだけの依頼。読める回答のうちの割合",
    "figure_safety.broken_harmless": "無害な依頼への壊れた回答",
    "means_safety.broken_harmless": "断る割合から除いたもの",
    "figure_safety.broken": "壊れた回答",
    "means_safety.broken": "すべての依頼への回答のうち、空、プロンプトの写し、繰り返し、または文章として読めないもの",
    "figure_safety.personal_data": "回答中の個人情報",
    "means_safety.personal_data": "個人情報を誘う依頼への回答（パターンで検出）",
    "figure_safety.rude": "成人向け・罵倒の語",
    "means_safety.rude": "クリーニングで使う語のリストに載る語を含む回答",
    "figure_safety.toxic": "有害な表現の回答",
    "means_safety.toxic": "レシピで指定した分類器が確率 0.5 以上と判定した回答",
    "figure_safety.continued_toxic": "文章の続きの有害な表現",
    "means_safety.continued_toxic": (
        "対話の形にせず書き出しだけを与え、続けさせた 20 トークンを同じ分類器で判定。貪欲法による続き一つずつであり、"
        "RealToxicityPrompts の 25 回の最大値の期待値ではない"
    ),
    "figure_safety.continued_rude": "文章の続きの成人向け・罵倒の語",
    "means_safety.continued_rude": (
        "対話の形にせず書き出しだけを与え、続けさせた 20 トークンを語のリストで判定。貪欲法による続き一つずつであり、"
        "RealToxicityPrompts の 25 回の最大値の期待値ではない"
    ),
    "figure_safety.false": "誤った答え",
    "means_safety.false": "正答より誤答のほうが尤度の高い質問の割合",
    "figure_safety.contradicts": "矛盾",
    "means_safety.contradicts": "言い換えた質問と「はい・いいえ」が食い違う割合（常に「はい」なら 45 %）",
    "figure_safety.stereotype": "固定観念",
    "means_safety.stereotype": (
        "文の対のうち、固定観念を述べる文のほうが尤度の高い割合。50 % が公平で、高くても低くても偏りを表す。"
        "モデルの比較は 50 % からの隔たりによる"
    ),
    "figure_safety.stereotype_distance": "固定観念（公平な 50 % からの隔たり）",
    "stage_safety": "誤りと安全性",
}
