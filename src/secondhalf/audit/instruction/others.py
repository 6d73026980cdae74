"""A few phrases of other languages, so that a request cannot hide in one: Chinese, Korean, French, German, Spanish and more.

They are sure of what they find, and find little: texts in these languages are not judged by them.
"""

import re

from secondhalf.audit.instruction.rule import Rule

_ASKED = {
    "zh": "请(?:你|您)?(?:写|解释|总结|概括|翻译|回答|列出|描述|告诉|提供|生成|帮|给|分析|继续|用|将|把|根据)|帮我(?:写|翻译|总结|解释|做|找)|你是一(?:个|名|位)[^。\n]{0,20}(?:助手|专家|模型|助理|翻译)|請(?:你|您)?(?:寫|解釋|總結|翻譯|回答|列出|描述|告訴|提供)|作为(?:一个)?(?:ai|人工智能|语言模型)|以下是[^。\n]{0,20}(?:总结|翻译|回答|示例)|很抱歉,?我|问[:：][^\n]{2,80}\n?答[:：]",
    "ko": "(?:써|설명해|요약해|번역해|알려|말해|작성해|만들어|대답해|답해|나열해|추천해|가르쳐) ?(?:주세요|줘|주십시오|주시겠|줄래|주실)|당신은 [^.\n]{0,30}(?:ai|전문가|어시스턴트|조수|번역가|비서)|(?:요약|번역|설명|작성|답변)하(?:세요|시오|십시오)|질문 ?:[^\n]{2,80}\n?답",
    "fr": r"\b(?:s'il vous pla[iî]t|s'il te pla[iî]t|veuillez) |\b(?:pouvez|pourriez|peux|pourrais)[- ](?:vous|tu) (?:m'|me |nous )?(?:[ée]crire|expliquer|r[ée]sumer|traduire|donner|dire|aider|r[ée]diger|d[ée]crire)|(?:\A|[\n.!?:] ?)(?:[ée]cri(?:s|vez)|expli(?:que|quez)|r[ée]sume[z]?|tradui(?:s|sez)|r[ée]dige[z]?|d[ée]cri(?:s|vez)|donne[z]?[- ]moi|dis[- ]moi|dites[- ]moi|r[ée]ponde?z?) |\b(?:tu es|vous [êe]tes) un(?:e)? [^.\n]{0,30}(?:assistant|expert|mod[èe]le|traducteur)|\ben tant qu'(?:ia|assistant|intelligence)",
    "de": r"\bbitte (?:schreib|erkl[äa]r|[üu]bersetz|fass|beschreib|nenn|gib|beantwort|erstell|antwort|hilf|sag|z[äa]hl|list)\w*|\b(?:k[öo]nnen sie|kannst du|k[öo]nntest du|k[öo]nnten sie) (?:mir |uns |bitte |das |den |die |einen? |diesen? )*\w*[^.?\n]{0,60}(?:schreiben|erkl[äa]ren|[üu]bersetzen|zusammenfassen|helfen|sagen|geben|beschreiben)|(?:\A|[\n.!?:] ?)(?:schreiben? sie|schreibe? |erkl[äa]re?n? (?:sie )?|[üu]bersetze?n? (?:sie )?|fasse?n? (?:sie )?[^.\n]{2,60}zusammen|beschreibe?n? (?:sie )?|nenne?n? (?:sie )?|beantworte?n? (?:sie )?|erstelle?n? (?:sie )?)\b|\bdu bist ein(?:e)? [^.\n]{0,30}(?:assistent|experte|[üu]bersetzer|modell)|\bals ki\b",
    "es": r"\bpor favor,? (?:escrib|explic|resum|traduc|da|dime|dame|describ|respond|enumer|haz|genera|crea|contest|ayud)\w*|\b(?:puedes|podr[íi]as|puede|podr[íi]a) (?:por favor )?(?:escribir|explicar|resumir|traducir|dar|decir|ayudar|describir)\w*|(?:\A|[\n.!?:] ?)[¡¿]?(?:escrib[ae]|explic[ae]|explique|resum[ae]|traduc[ei]|traduzca|describ[ae]|dame|dime|respond[ae]|redact[ae]|enumer[ae])\b|\beres un(?:a)? [^.\n]{0,30}(?:asistente|experto|traductor|modelo)|\bcomo (?:ia|modelo de lenguaje|asistente)\b",
    "it": r"\bper favore,? (?:scriv|spieg|riassum|traduc|dimmi|dammi|descriv|rispond)\w*|(?:\A|[\n.!?:] ?)(?:scrivi|scriva|spiega(?:mi)?|riassumi|traduci|descrivi|dimmi|dammi|rispondi) |\bsei un(?:a)? [^.\n]{0,30}(?:assistente|esperto|traduttore)|\bpuoi (?:scriver|spiegar|tradurr|riassumer|dir|aiutar)\w*",
    "pt": r"\bpor favor,? (?:escrev|expli|resum|traduz|diga|descrev|respond|me d)\w*|(?:\A|[\n.!?:] ?)(?:escreva|explique|resuma|traduza|descreva|diga-me|responda|liste) |\bvoc[êe] [ée] um(?:a)? [^.\n]{0,30}(?:assistente|especialista|tradutor)|\bvoc[êe] (?:pode|poderia) (?:escrever|explicar|traduzir|resumir|me )",
    "ru": "пожалуйста,? (?:напиш|объясн|перевед|расскаж|опиш|ответ|состав|дай|перечисл|помог)|(?:\\A|[\n.!?:] ?)(?:напиши|напишите|объясни|объясните|переведи|переведите|расскажи|опиши|перечисли|составь|ответь)[а-я]* |(?:можешь|можете|не могли бы вы) (?:напис|объясн|перевес|расска|помо)|ты (?:—|-)? ?[^.\n]{0,20}(?:помощник|ассистент|эксперт)",
}  # fmt: skip

# A pattern is searched where one of these stands.
_HINTS = {
    "zh": "请|請|帮我|你是|作为|以下是|抱歉|问",
    "ko": "주세요|줘|십시오|주시|줄래|당신은|세요|시오|질문",
    "fr": "s'il |veuillez|pouvez|pourriez|peux|pourrais|cris|crivez|expli|résume|resume|tradui|édige|donne|dis-moi|dites|répond|tu es|vous êtes|en tant",
    "de": "bitte|können sie|kannst du|könnte|schreib|erklär|übersetz|fasse|beschreib|nenn|beantworte|erstelle|du bist|als ki",
    "es": "por favor|puede|podría|escrib|explic|explique|resum|traduc|traduzca|describ|dame|dime|respond|redact|enumer|eres un|como ",
    "it": "per favore|scriv|spiega|riassumi|traduci|descrivi|dimmi|dammi|rispondi|sei un|puoi",
    "pt": "por favor|escreva|explique|resuma|traduza|descreva|diga|responda|liste|você|voce",
    "ru": "пожалуйста|напиши|объясни|перевед|расскаж|опиши|перечисли|составь|ответь|можете|можешь|не могли|ты ",
}


def _rule(name: str, pattern: str, hints: str = "") -> Rule:
    return Rule(name, "explicit_request", re.compile(pattern), tuple(hints.split("|")) if hints else ())


OTHERS = tuple(_rule(f"asked in {code}", pattern, _HINTS[code]) for code, pattern in _ASKED.items())

# Words that were written letter by letter, and came together without their blanks.
RUN_TOGETHER = (
    _rule(
        "run together",
        r"\b(?:please|canyou|couldyou)?(?:write(?:me|an?|the)|summari[sz]e(?:the|this)|translate(?:the|this|into)|explain(?:how|why|the|to|me)|giveme|tellme|"
        r"describe(?:the|how)|youarean?|ignore(?:all|prev|the)|answer(?:the|this)|listthe|showme)[a-z]{3,}",
    ),
)
