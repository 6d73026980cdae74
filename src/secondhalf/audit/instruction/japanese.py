"""Rules for Japanese, on lower-case text with plain punctuation.

A request stands at a sentence's end (…してください); which verb is asked for tells it from directions and from reference.
"""

import re

from secondhalf.audit.instruction.rule import Kind, Rule

_LINE = r"(?:\A|(?<=\n))[ \t　]{0,8}"
# What is asked of a writer or a learner, before ください and its like.
_ASK = (
    r"(?:かい|せつめいし|ようやくし|やくし|おしえ|こたえ|書い|書き直し|説明し|要約し|翻訳し|訳し|教え|挙げ|作成し|作っ|考え|判断し|評価し|回答し|答え|応え|出力し|抽出し|"
    r"選び出し|証明し|述べ|特定し|訂正し|比較し|描写し|生成し|まとめ|列挙し|リストアップし|分類し|記述し|手伝っ|想像し|表現し|話し|考察し|概説し|執筆し|分析し|提案し|"
    r"求め|計算し|解い|推定し|紹介し|添削し|校正し|厳守し|感じさせ|言い換え|予測し|デザインし|推測し|聞かせ|解説し)"
)
# What manuals ask of their readers too.
_DO = r"(?:選ん|選択し|提供し|示し|始め|修正し|直し|開発し|実装し|見つけ|続け|用い|使っ|取り組ん|守っ|変換し|検討し|設計し|送っ|送信し|入力し|進め)"
_PLEASE = r"(?:ください|クダサイ|下さい|くれ(?:る|ます|ません)|いただけ(?:ます|ません)|もらえ(?:ます|ません)|頂け(?:ます|ません)|ほしい|欲しい|みて|みま)"
_QUESTION = r"(?:何|なに|なぜ|どう|どこ|どの|どれ|どんな|どちら|だれ|誰|いつ|いくつ|いくら|って何)"

# A line of a play or a chat: a short name, and words that end like a sentence.
_TURN = _LINE + r"[^\n:。、「」『』\d#|<>{}()\[\]=/-]{1,16}: ?[^\n]{4,300}[。!?…」』）)][ \t]{0,8}(?=\n|\Z)"


def _rule(
    name: str,
    kind: Kind,
    pattern: str,
    hints: str = "",
    *,
    sure: bool = True,
    times: int = 1,
    response_only: bool = False,
    weighed: bool = False,
) -> Rule:
    split = tuple(hints.split("|")) if hints else ()
    return Rule(name, kind, re.compile(pattern), split, sure, times, response_only, weighed)


JAPANESE = (
    # 依頼
    _rule("please", "explicit_request", _ASK + r"[てで](?:も)?" + _PLEASE, "て|で"),
    _rule("please do", "explicit_request", _DO + r"[てで](?:も)?" + _PLEASE, "て|で", weighed=True),
    _rule("please in katakana", "explicit_request", r"[ァ-ヶー]{2,20}[テデ]クダサイ", "クダサイ"),
    _rule("polite order", "explicit_request", r"(?:お願いします|お願いいたします|してほしい|しなさい|せよ。|ましょう。\Z|を手伝|答えよ|求めよ|述べよ|書け。|選べ)", "お願い|ほしい|なさい|よ。|手伝|よ|書け|選べ", sure=False),
    _rule("any please", "explicit_request", r"[てで](?:ください|下さい)", "ください|下さい", sure=False),
    _rule("must not", "explicit_request", r"(?:厳守|含めないこと|であること。|気をつけてください|注意深く|してはいけ|しないでください)", "厳守|こと|気を|注意深く|いけ|ないで", sure=False),
    _rule("tell me", "explicit_request", r"(?:教えて|聞かせて|話して)(?:ください|下さい|くれ|よ|ほしい|ね)|(?:できますか|ありますか|していただけますか|可能ですか)[?。]", "教えて|聞かせて|話して|ますか|ですか", sure=False),
    _rule("wish", "indirect_request", r"を?(?:探しています|知りたいです|知りたいのですが|教えていただき|困っています。|助かります|ようにしてほしい)", "探して|知りたい|教えて|困って|助かり|ほしい"),
    # ひな形
    _rule("you are", "template", r"(?:あなた|君|きみ|自分)(?:は|が)[^。\n]{0,60}(?:専門家|アシスタント|エージェント|審判員|ai|翻訳者|編集者|エンジニア|教師|先生|医者|モデル|ボット|評価者|担当者|プロ|作家|コンサルタント|であると想像|だと想像|だと思い込|想像してください)|(?:つもりで|になりきって|として振る舞)", "あなた|君|きみ|自分|つもりで|なりきって|振る舞"),
    _rule("task below", "template", r"以下は(?:タスク|、?タスク|ユーザ)|(?:以下|次|下記)の?(?:タスク|指示|条件|形式|ルール|観点|手順|クエリ|質問|文章|テキスト|文|問題)[^。\n]{0,30}(?:で|に|を|に従って|について)?(?:[^。\n]{0,20})(?:ください|下さい|せよ|しなさい|分析|:)", "以下|次|下記"),
    _rule("marker", "template", r"#{2,4} ?(?:指示|回答|入力|応答|出力|質問|例|追加情報|報告)|\[(?:begin|end) ?(?:of )?data|<\|[a-z_]{2,20}\|>|\[/?inst\]|\{%-? ?(?:if|else|elif|for|endif)|【[^】\n]{0,20}(?:分析観点|条件|指示|出力)[^】\n]{0,10}】", "#|[|<|{%|【"),
    _rule("place", "template", r"\{\{? ?[a-z_][a-z_0-9.]{2,50} ?\}?\}", "{", sure=False),
    _rule("grades", "template", r"`?(?:high risk|medium risk|low risk|partially correct|correct|relevant|response a|response b|tie|neutral|positive|negative|poor|fair|good|excellent|safe|unsafe)`?」? - |利用可能な評価|データは以下の通り|ステップバイステップ|参照回答|参考回答|アシスタントの(?:回答|応答)|ユーザーの(?:質問|クエリ)|\[\[rating|llmの回答|提出されたテキスト", " - |評価|データ|ステップ|回答|応答|ユーザー|rating|llm|提出"),
    _rule("tool", "template", r"(?:ツールを使(?:用|って)|プロンプト|json形式|json ?で出力|出力形式|回答は)", "ツール|プロンプト|json|出力|回答は", sure=False),
    _rule("speaker", "dialogue", _LINE + r"(?:\*\*)?(?:ユーザー?|アシスタント|人間|システム|客|店員|学生|生徒|先生|記者|司会|[a-h]|user|assistant|human|ai)(?:さん|\*\*)? ?:", ":"),
    # アシスタント
    _rule("assistant", "assistant", r"承知(?:しました|いたしました|致しました)|かしこまりました|(?:申し訳ありません|申し訳ございません|すみません)(?:が|、)|aiとして|aiの言語モデル|言語モデルなので|you are (?:a helpful|an) ai|お手伝い(?:でき|いたし|します)|お役に立て|ご質問(?:が|は|に)|以下に[^。\n]{0,40}(?:示します|作成しました|挙げて|まとめました|紹介します|書きます|書きました|説明し)|以下は.{0,12}(?:続き|要約|文章|例)です|もちろんです|抱歉|好的,|您", "承知|かしこ|申し訳|すみません|ai|言語モデル|手伝い|役に|質問|以下|もちろん|抱歉|好的|您", response_only=True, weighed=True),
    _rule("english", "assistant", r"\b(?:here is|here's|i'm sorry|as an ai|sure,|i can)\b", "here|sorry|as an|sure|i can", response_only=True, sure=False),
    # 問答
    _rule("q and a", "question_answer", _LINE + r"(?:\W{0,3})(?:q|質問|問い)\d{0,3}(?:\*\*)? ?::?|(?:質問|回答|答え) ?::? ?|選択肢 ?:", "q|質問|問い|回答|答え|選択肢"),
    _rule("question line", "question_answer", _LINE + r"[^\n。「」]{1,60}(?:か|の|て|は|何|誰|んだ|[a-z])\?[ \t　]*(?:\n|\Z)", "?"),
    _rule("question ka", "question_answer", _LINE + r"[^\n。、「」]{0,40}" + _QUESTION + r"[^\n。「」]{0,30}(?:か|のか|ですか|ますか|とは|の)[。?]?(?:\n|\Z)", "か|とは|の", sure=False),
    _rule("question end", "question_answer", r"(?:ます|です|でしょう|ません|た|どれ|何|誰|いつ)か?\?", "?", sure=False),
    _rule("english question", "question_answer", r"\b(?:how|what|why|can|which)\b[^\n?]{4,100}\?", "?", sure=False),
    _rule("faq", "question_answer", r"よくある(?:質問|ご質問)|faq", "よくある|faq", sure=False),
    # 会話
    _rule("short lines", "dialogue", r"(?:\n[^\n]{2,40}(?=\n)){4}", "\n", sure=False),
    _rule("you lines", "dialogue", _LINE + r"(?:あなた(?:は|が|の)|私(?:は|が|に)|はい[。、]|いいえ|ジョーク|君|いつ|誰|どれ|何|どの)[^\n]{0,60}(?=\n)", "\n", times=2),
    _rule("turns", "dialogue", _TURN, ":", sure=False),
    _rule("turns 2", "dialogue", _TURN, ":", sure=False, times=2),
    _rule("turns 3", "dialogue", _TURN, ":", sure=False, times=3),
    _rule("quoted", "dialogue", r"「[^」\n]{2,200}」[^「」\n]{0,20}「", "「", sure=False),
    # 手順
    _rule("steps", "how_to", _LINE + r"\d{1,2}[.)] ?(?!\d)(?:[^\n]{0,70}?)(?:します|てください|クリック|選択|ましょう|を押す|タイプ|タイプする|入力|開き|開く|移動する|探します|実行する|立てる)", "1|2|3|4|5|6|7|8|9", weighed=True),
    _rule("method", "how_to", r"(?:方法は次のとおり|手順は次|次の手順|以下の手順|次を行います|次のように(?:します|操作)|作業の流れ|手動実行手順|使い方:|次のステップで)", "方法は|手順|次を|次のように|流れ|使い方|ステップで"),
    _rule("ui act", "how_to", r"(?:クリック|選択|タイプ|入力|右クリック|ドラッグ|移動|実行|確認)(?:し(?:ます。|て(?:から)?[、 ]|てください|ましょう)|してから)|(?:を|から)(?:開き|開いて|押し|押して)(?:、|ます。|てください)|キーを押し", "クリック|選択|タイプ|入力|ドラッグ|移動|実行|確認|開|押", sure=False),
    _rule("ui acts", "how_to", r"(?:クリック|選択|タイプ|入力|右クリック|ドラッグ|移動|実行|確認|使用|追加|挿入)(?:し(?:ます|て|ましょう))|(?:を|から)(?:開き|開いて|押し|押して)|キーを押し", "クリック|選択|タイプ|入力|ドラッグ|移動|実行|確認|開|押|使用|追加|挿入", sure=False, times=3),
    _rule("to do", "how_to", r"(?:する|用意する|開く|追加する|変更する|行う)には[、]?[^。\n]{3,80}(?:します|ます|てください|クリック|選択)", "には", sure=False),
    _rule("first then", "how_to", r"(?:まず最初に|まずは?、|次に、|最後に、|その後、)[^。\n]{2,80}(?:します|ください|ましょう)", "まず|次に|最後に|その後", sure=False),
    # 課題
    _rule("exercise", "exercise", _LINE + r"(?:レッスン|練習問題|問題?|設問|課題|演習) ?\d|練習問題|選択肢(?:から|:)|カーソルを移動しましょう|(?:どれ|何)ですか[?。]\s*選択肢|次のうち|正しいもの(?:は|を)|誤っているもの|回答::", "レッスン|練習|問|設問|課題|演習|選択肢|カーソル|次のうち|もの|回答"),
    _rule("puzzle", "exercise", r"(?:何人|何個|何本|何枚|いくつ|何時|どちら|どの方向)[^。\n]{0,20}(?:ますか|ですか|でしょうか)|姉|を証明", "何|いくつ|ど|姉|証明", sure=False),
    _rule("shown lines", "exercise", r"--->", "--->"),
    # 様式
    _rule("form", "form", r"_{4,}|＿{3,}|\[ ?\] |☐|□|(?:氏名|住所|電話番号|生年月日|ご署名|年齢) ?:|申込書|調査票", "____|＿|[|☐|□|氏名|住所|電話|生年|署名|年齢|申込|調査"),
)  # fmt: skip
