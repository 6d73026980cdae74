"""The page in Japanese: answers, their habits, and what they cost."""

WORDS: dict[str, str] = {
    # 回答
    "answers": "回答の比較",
    "answers_lead": "生成された回答をそのまま掲載しています。出来の良い例を選んだものではありません。",
    "prompt": "プロンプト",
    "passed": "検査に合格",
    "failed": "検査に不合格",
    "unjudged": "検査対象外",
    "no_answer": "（空の回答）",
    "whole_answer": "続き",
    "more_answers": "残り {n} 件のプロンプト",
    # 傾向
    "probes": "回答の傾向",
    "probes_lead": (
        "形式を測る値であり、能力の指標ではありません。完結した文章で学習すれば変化するため、"
        "結果の説明には使えますが、証明にはなりません。"
    ),
    "probe": "項目",
    # 費用
    "costs": "費用と時間",
    "label": "対象",
    "time": "時間",
    "calls": "モデル呼び出し",
    "calls_known": "うち記録済み {n}",
    "prompt_tokens": "入力トークン",
    "response_tokens": "出力トークン",
    "money": "費用",
    "reused": "保存済みの結果を利用",
    "reused_means": "保存済みの結果を利用した工程の時間と費用は、最初に実行したときの値です。",
    "total_new": "今回の実行",
    "total_all": "保存済みの結果がない場合の合計",
    "pair_cost": "採用した 1 ペアあたり",
    "human_cost": "人が 1 ペアを書く場合",
    "pair_cost_means": "計算機の利用とモデル呼び出しの費用。人の作業は含みません",
    "pair_cost_means_calls": "モデル呼び出しのみ（report.hourly_price の設定がなく、人の作業は含みません）",
    "human_cost_means": "レシピに設定された値であり、実測値ではありません",
}
