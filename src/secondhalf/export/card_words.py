"""The model card's words in both languages, under the same keys. What comes from a run is put in escaped."""

CARD_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "what": "A language model made with [secondhalf](https://arxiv.org/abs/2409.00096): {base}, fine-tuned on plain "
        "documents cut in two. The first half stands for an instruction; the second half is the response.",
        "licences": "Base model and licences",
        "base": "Base model: {base}",
        "stated": "Licence that the base model's file states: {licence}",
        "hash": "SHA-256 of the base model: {hash}",
        "corpus_licence": "Licence of the texts: {licence}",
        "unstated": "not stated in the recipe: find out before you publish",
        "no_notices": "The recipe holds no notices. Read the licences of the base model, the teacher and the texts.",
        "data": "Data",
        "corpus": "Texts: the reader `{reader}`, {size} documents drawn with the seed {seed}.",
        "written_by": "{name} (weight {weight}): second halves by {model}.",
        "own_halves": "{name} (weight {weight}): the texts' own second halves (the control, not the method).",
        "funnel": "| stage | in | out | refused most for |",
        "training": "Training",
        "trained": "Template {template}, seed {seed}; {pairs} pairs, {tokens} supervised tokens, {steps} steps. Every setting "
        "is in export.json.",
        "figures": "Figures",
        "figures_head": "| figure | mean | 95 % interval | prompts | training seeds |",
        "no_report": "The run has no report that this version reads: no figure is shown. `secondhalf report RECIPE` writes it.",
        "parity": "Parity",
        "parity_lead": "The same prompts, greedy, by this export and by the model in the run:",
        "limits": "Limits, and what was not checked",
        "hostile": "A text that spells one of the tokenizer's special tokens becomes that token in programs that tokenise a "
        "rendered chat template (transformers, llama.cpp, Ollama). In training and evaluation it never did. Take such words "
        "out of what strangers write.",
        "single": "It was trained and measured on single turns, without a system message.",
        "use": "Use",
        "adapter": "Adapter (PEFT), on top of the base model",
        "adapter_own": "The adapter names its base as {base}, which only secondhalf resolves: give the folder of that model.",
        "merged": "Merged model (transformers)",
        "gguf": "GGUF (llama.cpp)",
        "ollama": "Ollama",
    },
    "ja": {
        "what": "[secondhalf](https://arxiv.org/abs/2409.00096) で作成した言語モデルです。"
        "{base} を、前半と後半に分けた通常の文書で"
        "ファインチューニングしました。前半を指示の代わりに、後半を応答として用いています。",
        "licences": "ベースモデルとライセンス",
        "base": "ベースモデル：{base}",
        "stated": "ベースモデルのファイルに記載されたライセンス：{licence}",
        "hash": "ベースモデルの SHA-256：{hash}",
        "corpus_licence": "文書のライセンス：{licence}",
        "unstated": "レシピに記載がありません。公開する前に確認してください",
        "no_notices": "レシピに注意書きがありません。ベースモデル、教師モデル、文書のライセンスを確認してください。",
        "data": "データ",
        "corpus": "文書：リーダー `{reader}`、シード {seed} で抽出した {size} 件。",
        "written_by": "{name}（重み {weight}）：後半は {model} が作成。",
        "own_halves": "{name}（重み {weight}）：文書自身の後半（対照であり、手法そのものではありません）。",
        "funnel": "| 段階 | 入力 | 出力 | 主な除外理由 |",
        "training": "学習",
        "trained": "テンプレート {template}、シード {seed}、{pairs} ペア、教師ありトークン {tokens}、{steps} ステップ。"
        "すべての設定は export.json にあります。",
        "figures": "数値",
        "figures_head": "| 指標 | 平均 | 95 % 信頼区間 | プロンプト数 | 学習シード数 |",
        "no_report": "この版で読めるレポートがないため、数値はありません。`secondhalf report RECIPE` で作成できます。",
        "parity": "一致の検査",
        "parity_lead": "同じプロンプトに対する貪欲復号を、この書き出しと実行内のモデルとで比べました。",
        "limits": "限界と、検査していないこと",
        "hostile": "トークナイザーの特殊トークンと同じ文字列が入力に含まれると、チャットテンプレートを"
        "文字列に展開してからトークン化する"
        "プログラム（transformers、llama.cpp、Ollama）では特殊トークンになります。学習と評価では決してなりませんでした。"
        "第三者の文章からはそのような文字列を取り除いてください。",
        "single": "学習も評価も一問一答で行い、システムメッセージは使っていません。",
        "use": "使い方",
        "adapter": "アダプター（PEFT）とベースモデル",
        "adapter_own": "アダプターはベースを {base} と記しています。これを解決できるのは secondhalf だけなので、"
        "そのモデルのフォルダーを指定してください。",
        "merged": "統合済みモデル（transformers）",
        "gguf": "GGUF（llama.cpp）",
        "ollama": "Ollama",
    },
}
