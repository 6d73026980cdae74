"""The page in Japanese: losses, leaks, overfitting and forgetting."""

WORDS: dict[str, str] = {
    # 損失
    "losses": "学習中の損失",
    "losses_lead": (
        "単位は学習対象 1 トークンあたりの nat で、低いほど良好です。シードごとの線を重ね、縦軸は全モデルで共通です。"
    ),
    "loss_train": "学習データ",
    "loss_held_out": "検証データ",
    "loss_title": "{arm} の損失",
    "loss_desc": "学習データの損失は {first} から {last} へ推移。",
    "loss_desc_held": "検証データの損失は {first} から {last} へ推移。",
    "axis_step": "ステップ",
    "axis_tokens": "学習対象トークン数",
    "no_points": "損失の記録はありません。",
    "loss_gap": "終了時の検証損失と学習損失の差：{gap}。",
    "stopped_early": "シード {seed}：ステップ {last} で早期終了し、ステップ {best} の重みを採用。",
    "kept_best": "シード {seed}：全 {last} ステップのうち、検証損失が最小となったステップ {best} の重みを採用。",
    # 漏えい、過学習、忘却
    "overfitting": "学習データの漏えい・過学習・忘却",
    "overfitting_lead": (
        "学習の副作用を示します。学習に使ったペアと使わなかったペア（検証用）、および学習前と学習後の通常の文章を、"
        "同じモデルで比べています。95 % 信頼区間の全体が上限を超えた場合に「上限超過」とします。"
    ),
    "overfitting_over": (
        "上限超過：モデル「{arm}」の{figure}。悪化幅 {difference}（95 % 信頼区間 {low}〜{high}）、レシピの上限 {limit}。"
    ),
    "overfitting_kept": "上限を超えた項目はありません。",
    "overfitting_undecided": (
        "{n} 項目は、上限が信頼区間に含まれるため、上限以内であることを確認できません。"
        "判定には、より多くのペアまたは文書が必要です。"
    ),
    "on_trained": "学習に使用したペア",
    "on_held_out": "検証用のペア",
    "student_before": "学習に使用したペア（学習前）",
    "text_after": "学習後",
    "text_before": "学習前",
    "worse_by": "悪化幅",
    "limit": "上限",
    "n_sides": "学習 {n} 件、検証 {m} 件",
    "n_documents": "{n} 文書",
    "state_within": "上限以内",
    "state_over": "上限超過",
    "state_undecided": "上限以内か不明",
    "probe_gap": "学習損失と検証損失の開き",
    "means_gap": (
        "応答の交差エントロピー（nat/トークン）。悪化幅は、学習前のモデルを基準とした損失の低下が、"
        "学習に使ったペアで検証用のペアをどれだけ上回ったかを示す"
    ),
    "probe_leak_reply": "学習した応答の再現",
    "means_leak_reply": (
        "最尤の回答が、そのペアの応答の長い一節を一字一句くり返したプロンプトの割合。検証用のペアの応答は学習していない"
    ),
    "probe_leak_original": "文書の後半の再現",
    "means_leak_original": "最尤の回答が、文書でプロンプトに続く部分の長い一節を一字一句くり返したプロンプトの割合",
    "probe_forgotten_corpus": "忘却：コーパスの文書",
    "means_forgotten_corpus": "学習に使わなかった文書を通常の文章として読んだときの交差エントロピー（nat/トークン）",
    "probe_forgotten_en": "忘却：英語の文章",
    "means_forgotten_en": "同上。この検査のために書かれた英語の文章",
    "probe_forgotten_ja": "忘却：日本語の文章",
    "means_forgotten_ja": "同上。この検査のために書かれた日本語の文章",
}
