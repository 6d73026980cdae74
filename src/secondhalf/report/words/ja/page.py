"""The page in Japanese: the frame, the verdict and the end."""

WORDS: dict[str, str] = {
    # 文の部品
    "quoted": "「{name}」",
    "aside": "（{parts}）",
    "aside_join": "、",
    "colon": "：",
    "between": "",
    "range": "{low}〜{high}",
    "claims_locked": "最終評価専用に確保したプロンプト",
    "claims_choose": "設定の選択に使うプロンプト",
    "difference_share": "パーセントポイント",
    "difference_nats": "nat/トークン",
    "difference_points": "点",
    "difference_count": "",
    # 見出しと判定
    "run": "実行",
    "contents": "目次",
    "verdict": "判定",
    "outcome_better": "優れている",
    "outcome_worse": "劣っている",
    "outcome_noise": "誤差の範囲内",
    "primary_named": "レシピの主要指標は「{figure}」です。主要指標は、回答を見る前に定める必要があります。",
    "no_verdict": "主要指標での比較は行われていません。このため、本書は結論を示しません。",
    "also": "同じ指標による他のモデルとの比較",
    "chosen_on": "設定の選択に使うプロンプトでの結果です。本書を結論の根拠とすることはできません。",
    "noise_means": (
        "「誤差の範囲内」とは、このプロンプト数と学習シード数では両者を区別できないことを意味します。"
        "同等であることを示すものではありません。"
    ),
    # その他
    "unchecked": "検査していないこと",
    "no_unchecked": "記載はありません。すべてを検査したことの証明ではありません。",
    "notices": "ライセンスと利用条件",
    "provenance": "作成の記録",
    "provenance_lead": (
        "本書の作成に用いたレシピ、コード、パッケージ、計算機、モデル、コーパス、シード、各工程の記録です。"
    ),
    "show_provenance": "全 {n} 項目を表示",
    "unknown": "不明",
    # 記録の項目（provenance.py の名前による）
    "check_sample": "標本抽出",
    "entry_secondhalf run": "実行",
    "entry_code revision": "コードの版",
    "entry_packages": "パッケージ",
    "entry_python": "Python",
    "entry_machine": "計算機",
    "entry_corpus licence": "コーパスのライセンス",
    "entry_everyday prompts": "評価用プロンプト",
    "entry_hashes": "モデルとテキストのハッシュ",
    "entry_stages": "各工程の識別子",
    "entry_recipe, resolved": "レシピ（既定値をすべて明記）",
}
