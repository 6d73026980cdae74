"""Why rows were refused, in Japanese, by the words that the stages write; what is not here stays as it is written.

A reason's details stand after a colon and are never shown here: the page counts reasons without them.
"""

JAPANESE: dict[str, str] = {
    # Corpus.
    "repeated": "同じ文書の重複",
    "not in the sample": "標本に選ばれなかった",
    "not utf-8": "UTF-8 ではない",
    "not json": "JSON として読めない",
    "not an object": "JSON オブジェクトではない",
    "no text in the field": "指定した項目に本文がない",
    "broken value": "値が壊れている",
    "broken html": "HTML が壊れている",
    "no main text": "本文を取り出せない",
    "truncated file": "ファイルが途中で切れている",
    "broken file": "ファイルが壊れている",
    "lone surrogate": "不正な文字コード（サロゲート）",
    "empty text": "本文が空",
    "nul character": "NUL 文字を含む",
    # Put together from parts, as those of the readers are.
    "duplicate": "他の文書と同一",
    "near-duplicate": "他の文書とほぼ同一",
    "personal data": "個人情報を含む",
    # Clean.
    "too short": "短すぎる",
    "too long": "長すぎる",
    "language not allowed": "対象外の言語",
    "language not clear": "言語を判別できない",
    "many scripts in one text": "多くの文字体系が混在",
    "too few letters": "文字の割合が低い",
    "mostly code": "大半がコード",
    "broken encoding": "文字化け",
    "invisible or control characters": "見えない文字や制御文字が多い",
    "bidirectional overrides": "文字の並びを変える制御文字",
    "markup left in the text": "タグや記法の残骸が多い",
    "menus and notices of a page": "メニューや注意書きが多い",
    "adult or profane words": "性的または下品な語が多い",
    "too little Japanese or Chinese": "日本語または中国語の文字が少ない",
    "too little hiragana": "ひらがなが少ない",
    "too much katakana": "カタカナが多い",
    "sentences too short": "文が短すぎる",
    "sentences too long": "文が長すぎる",
    "a sentence without end": "終わりのない長文",
    "sentences break off": "途中で途切れる文が多い",
    "lines do not end as sentences": "文として終わる行が少ない",
    "repeated lines": "同じ行の繰り返し",
    "repeated sentences": "同じ文の繰り返し",
    "too few or too many words": "語数が少なすぎるか多すぎる",
    "odd word lengths": "単語の長さが不自然",
    "too many hash signs": "「#」が多すぎる",
    "too many ellipses": "省略記号が多すぎる",
    "mostly bullet points": "ほとんどが箇条書き",
    "too many unfinished lines": "途切れた行が多い",
    "too few words with letters": "文字を含む語が少ない",
    "too few stop words": "機能語が少ない",
    "repeated paragraphs": "同じ段落の繰り返し",
    "repeated n-grams": "同じ語句の繰り返し",
    "too few finished lines": "文として終わる行が少ない",
    "mostly short lines": "短い行が多い",
    "too many line ends": "改行が多すぎる",
    "placeholder text": "仮の文章（lorem ipsum）",
    "curly brackets": "波かっこを含む",
    "too few sentences": "文の数が少ない",
    "duplicate passages": "他の文書と同じ文章が多い",
    "one phrase too often": "同じ語句が多すぎる",
    "repeated phrases": "語句の繰り返しが多い",
    # Split.
    "no words": "語がない",
    "no place to cut, or none within max_prompt_words": "分割できる位置がない",
    "prompt too short": "前半が短すぎる",
    "original too short": "後半が短すぎる",
    # Teach and audit.
    "refused by the teacher": "教師モデルが応答を拒否",
    "unfinished": "応答が終わっていない",
    "empty or nearly empty reply": "応答がほとんど空",
    "the reply copies the prompt": "応答が前半を写している",
    "the reply repeats itself": "応答が同じ語句を繰り返す",
    # Instruction data and Magpie; composing an arm.
    "no instruction data in the row": "指示データの形式ではない",
    "turns are no list of objects": "発言の一覧ではない",
    "unknown role": "不明な役割名",
    "a turn that is no text": "テキストではない発言を含む",
    "it does not begin with a request": "依頼で始まっていない",
    "a system text in the middle": "途中にシステム文がある",
    "an empty request": "依頼が空",
    "no answer": "応答がない",
    "a later turn": "二回目以降の発言（テンプレートは依頼一つ）",
    "no user turn": "依頼を書けなかった",
    "an empty user turn": "書かれた依頼が空",
    "an unfinished user turn": "書かれた依頼が終わっていない",
    "a user turn too short or too long": "書かれた依頼が短すぎるか長すぎる",
    "the template's signs in a user turn": "書かれた依頼にテンプレートの記号がある",
    "an empty answer": "応答が空",
    "an unfinished answer": "応答が途中で終わった",
    "no other half to stand under": "組み合わせる別の前半がない",
    "beyond its share": "割り当てを超えた分",
}
# Reasons with a part that varies and no colon: how they begin, and what they become with the rest.
_BEGINNINGS = {
    "one piece only under the rule ": "規則 {rest} では分割できない",
    "holds the evaluation prompt ": "評価用プロンプト {rest} を含む",
    "instructional or conversational (turn)": "指示や対話の表現（発言の印）を含む",
    "instructional or conversational (request)": "指示や対話の表現（依頼）を含む",
    "instructional or conversational (assistant)": "指示や対話の表現（アシスタントの決まり文句）を含む",
}


def reason(language: str, told: str) -> str:
    """A reason as the page of that language says it. Corpus text in it never takes part in a format string."""
    if language != "ja":
        return told
    known = told.partition(":")[0]
    if known in JAPANESE:
        return JAPANESE[known]
    for beginning, words in _BEGINNINGS.items():
        if told.startswith(beginning):
            return words.replace("{rest}", told.removeprefix(beginning))
    return told
