"""The page in Japanese: judges held to account."""

WORDS: dict[str, str] = {
    "judges": "審査モデル",
    "judges_lead": (
        "各審査モデルには、優劣の分かっている回答の組も順序を入れ替えて見せた。"
        "この実行の回答に対する判定の信頼性は、その結果と同程度と考えられる。"
    ),
    "judge": "審査モデル",
    "judge_items": "{n} 組で確認",
    "judge_right": "良い回答を選ぶ割合",
    "judge_flip": "順序で判定が変わる割合",
    "judge_first": "先に示された回答を選ぶ割合",
    "judge_read": "判定を読み取れた割合",
    "judge_length": (
        "回答が 2 倍の長さになると勝つオッズは {mean} 倍になる（{low}〜{high}、比較 {n} 件）。1 なら長さの影響はない。"
    ),
    "judge_own": "自系列のモデルを {mean} 点高く採点する（{low}〜{high}、採点 {n} 件）。0 なら偏りはない。",
    "judge_agree": "{one}と{other}の一致度：κ = {mean}（{low}〜{high}）。0 は偶然、1 は完全な一致。",
    "judge_blind": "良い回答と悪い回答を偶然以上に区別できておらず、その数値は品質について何も示さない。",
    "judge_unread": "判定のうち {share} % しか読み取れなかった。読み取れない判定は数えていない。",
    "judge_flips": "回答の提示順を変えると判定がしばしば変わる。順序で変わる判定を引き分けとした数値を参照されたい。",
    "stage_account": "審査モデルの確認",
}
