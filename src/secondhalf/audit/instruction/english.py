"""Rules for English, on lower-case text with plain quotes.

Verbs stand in lists, because what tells a request from a sentence is the verb that begins it.
"""

import re

from secondhalf.audit.instruction.rule import Kind, Rule

# The beginning of a text, a line or a sentence, and what may stand before its first word.
_START = r"(?:\A|(?<=\n)|(?<=[.!?:;] ))[ \t]{0,8}(?:[-*•>\"'(#/]{1,3} ?|\(?\d{1,2}[.)] ){0,2}"
_LINE = r"(?:\A|(?<=\n))[ \t]{0,8}"
# What somebody asks a writer for.
_ASK = (
    r"(?:write|explain|summari[sz]e|translate|rewrite|rephrase|paraphrase|generate|describe|compare|classify|categori[sz]e|extract|"
    r"identify|list|compose|draft|outline|propose|suggest|create|produce|provide|evaluate|assess|analy[sz]e|decompose|answer|"
    r"solve|calculate|compute|prove|implement|design|name|give|tell|show|rate|choose|pick|select|complete|continue|convert|"
    r"simplify|correct|proofread|edit|improve|brainstorm|imagine|pretend|act as|recommend|help|output|respond|reply|discuss|find)"
)
# What a reader does to a program, a machine or a dish.
_DO = (
    r"(?:open|click|select|press|type|choose|enter|run|install|download|copy|paste|move|drag|go to|right-click|double-click|"
    r"left-click|make sure|ensure|check|set|turn|switch|add|remove|delete|create|save|close|start|stop|restart|reboot|connect|"
    r"disconnect|plug|unplug|insert|log in|sign in|log out|navigate|scroll|hold|release|tick|untick|use|find|locate|"
    r"look|put|place|cut|mix|stir|pour|bake|cook|heat|boil|simmer|drain|wash|dry|glue|drill|sand|screw|loosen|tighten|fold|"
    r"attach|fasten|measure|mark|repeat|wait|verify|review|ask|instruct|process|resolve|consult|configure|edit|fill|follow|"
    r"replace|unpack|extract|build|compile|execute|call|submit|upload|pass|let|call|sprinkle|roll|lift|pull|push)"
)
_MODEL = (
    r"(?:ai|assistant|agent|expert|bot|chatbot|language model|model|translator|specialist|professional|evaluator|judge|grader|"
    r"tutor|teacher|editor|analyst|engineer|developer|programmer|advisor|consultant|reviewer|coach|writer|critic|moderator|"
    r"doctor|scientist|researcher|system|tool|character|helper)"
)

# A line of a play or a chat: a short name, and words that end like a sentence.
_TURN = _LINE + r"(?:\*\*)?[a-z][a-z' .-]{0,23}(?:\*\*)?: [^\n]{4,400}[.!?…\"”)][ \t]{0,8}(?=\n|\Z)"


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


ENGLISH = (
    # Requests.
    _rule("ask me", "explicit_request",
          _START + rf"(?:please )?(?:(?:can|could|would|will) you (?:please )?)?{_ASK} (?:me|us|an?|the following|in your own words|"
          r"your|this (?:text|sentence|paragraph|code|story|poem|article))\b",
          "me|us|a |an |following|own words|your|this ", sure=False),
    _rule("write a", "explicit_request",
          _START + r"(?:please )?(?:write|rewrite|translate|summari[sz]e|explain|compose|paraphrase|proofread)(?: and [a-z]+)? (?:me|us|an?|the|this|these|how|why|what|in|two|three|your|my|it|all)\b",
          "write|translate|summari|explain|compose|paraphrase|proofread"),
    _rule("ignore", "template", r"\b(?:ignore|forget|disregard) (?:all |any |the |your |my )*(?:previous|prior|above|earlier|preceding) (?:instructions?|prompts?|text|messages?|rules)", "ignore|forget|disregard"),
    _rule("give me", "explicit_request", r"(?:\A|(?<=\n)|(?<=[.!?:;] ))\W{0,3}(?:please )?(?:give|tell|show|send|help|teach|recommend|suggest) me (?:an?|the|how|what|why|with|about|some|three|five|ten|your|to|which)\b", " me "),
    _rule("please", "explicit_request", rf"\bplease (?:also )?(?:do not |don't )?{_ASK}\b", "please "),
    _rule("can you", "explicit_request", rf"\b(?:can|could|would|will) you (?:please |kindly )?{_ASK}\b", " you"),
    _rule("following", "explicit_request",
          _START + rf"(?:please )?{_ASK}(?: and {_ASK})?(?: [a-z-]+){{0,5}} (?:the )?(?:following|below|above|given|provided|input)\b",
          "following|below|above|given|provided|input"),
    _rule("i want you", "explicit_request", r"\bi(?:'d| would)? (?:want|need|like|ask|expect) you to (?!help\b|give me\b|tell\b)" + _ASK, "you to"),
    _rule("verb first", "explicit_request", _START + rf"(?:please )?{_ASK} (?!of\b|to\b|in\b|is\b|that\b)[a-z]", sure=False),
    _rule("do not", "explicit_request",
          r"\bdo not (?:explain|include|repeat|comment|mention|justify|add|use|answer|output|provide|write)\b|\bdon't (?:explain|repeat|comment)\b",
          "do not|don't", sure=False),
    _rule("return only", "template",
          r"\b(?:return|output|respond|reply|answer|provide|print|give)(?: me)?(?: with)? (?:only|your|a single|either|nothing|just)\b",
          "only|your|single|either|nothing|just", sure=True),
    _rule("i need", "indirect_request",
          r"\bi(?:'m| am) (?:looking for|trying to (?:find|write|understand|learn))|\bi (?:need|want|would like|'d like) (?:some )?"
          r"(?:help|advice|an? (?:summary|list|explanation|translation|essay|story|poem|recipe|plan|email|letter))\b"
          r"|\bi wonder if (?:you|someone|anyone) c(?:an|ould)\b|\bit would (?:help|be (?:helpful|great|nice|useful)) (?:to know |if you )",
          "i'm |i am |i need|i want|i would|i'd|wonder|would ", sure=True),
    # A model's role, and frames of prompts.
    _rule("you are a", "template", rf"\byou are (?:an?|the|now|my|our) (?:[\w-]+ ){{0,5}}{_MODEL}s?\b", "you are "),
    _rule("you are tasked", "template",
          r"\byou (?:are|will be|have been) (?:tasked|given|shown|provided|asked|presented|judging|evaluating|grading|about to interact)\b"
          r"|\byou are (?:extremely|very|also|always|designed|helpful|trained)\b", "you "),
    _rule("your task", "template",
          r"\byour (?:task|job|role|goal|mission|primary goal|objective|previous response|final answer)s? (?:is|was|will)\b"
          r"|\byour (?:response|answer|output|rating|reply|judg[e]?ment|evaluation|final answer)s? (?:must|should|will|has to|needs)\b",
          "your "),
    _rule("chat marker", "template",
          r"<\|[a-z_]{2,20}\|>|\[/?inst\]|<<sys>>|#{2,4} ?(?:instructions?|response|input|output|system|human|assistant|user|question|answer|context|example)s?\b ?:?"
          r"|<< ?[a-z ]{3,30} ?>>|\[(?:the )?(?:start|end|begin) (?:of )?[a-z ]{2,40}|\[user question\]|\{% ?chat",
          "<|[|#|{%"),
    _rule("speaker", "dialogue", _LINE + r"(?:#{1,4} ?)?(?:\*\*)?(?:user|human|assistant|ai|chatbot)(?:\*\*)? ?:", ":"),
    _rule("part", "dialogue",
          _LINE + r"(?:#{1,4} ?)?(?:\*\*)?(?:system|bot|person ?#?\d|speaker ?\w|agent|customer|student|teacher)(?:\*\*)? ?:",
          ":", weighed=True),
    _rule("agent step", "template",
          _LINE + r"(?:thought|action|action input|observation|final answer|last line|reasoning|judgment|output format|conversation history)s? ?:",
          ":", sure=False),
    _rule("place", "template", r"\{\{? ?[a-z_][a-z_0-9.]{2,30} ?\}?\}", "{", sure=False),
    _rule("prompt talk", "template",
          r"\b(?:think|reason|work) step[- ]by[- ]step|\bin the following (?:json )?format|\bthe (?:user|human|assistant)'s (?:query|question|answer|response|message|input)"
          r"|\b(?:the|each|this|provided) (?:response|answer) (?:is|should|must|matches?) |\bjson format\b|\bas (?:a )?json\b|\bbased (?:only|solely) on the\b"
          r"|\bthe (?:context|provided sources|reference answer|user question|candidate prompts?)\b|\bgiven (?:the|a) (?:list|context|text|question|sentence|piece)\b",
          "step|json|'s |based |the |given ", sure=False),
    _rule("label set", "template", r"\b(?:label set|named entit|following (?:text|sentence|guidelines)|classify|identify the (?:intent|topic)|topic classification)", sure=False),
    # An assistant.
    _rule("sure", "assistant", r"\A[^\w\"“]{0,3}(?:(?:sure|certainly|of course|absolutely)[,!.]|(?:great question|good question|thank you for|you(?:'re| are) (?:right|correct|welcome))\b)",
          response_only=True),
    _rule("as an ai", "assistant", r"\bas an? (?:ai|artificial|language model|large language)|\bi(?:'m| am) (?:just )?an? (?:sentient |virtual )?(?:ai|language model|chatbot|digital)|\byou are an? ai\b|\bnamed smollm",
          "ai|language|digital|chatbot"),
    _rule("i can help", "assistant",
          r"\bi(?:'m| am) (?:ready|here|happy|glad|sorry|unable|not able|currently|more than happy)\b(?: to| for| you| if| i|,| but| that)?|\bi(?:'d| would) be (?:happy|glad|delighted) to"
          r"|\bi can(?:no|')?t (?:assist|help|continue|provide)|\bi can (?:certainly |definitely )?(?:assist|help)\b|\bi apologi[sz]e\b|\bfeel free to\b|\bi hope (?:this|that) helps|\bhow (?:can|may) i (?:help|assist)"
          r"|\blet me know (?:if|what|how|when)\b|\bassist you\b|\bhelp you with\b|\bdo you have any (?:other |more )?questions",
          "i'm|i am|i'd|i would|i can|apolog|feel free|i hope|how |let me|assist|help you|questions", response_only=True),
    _rule("here is", "assistant",
          r"(?:\A|\n)\W{0,3}here(?:'s| is| are)\b|\bhere(?:'s| is| are) (?:the|an?|your|my|some|how|two|three|one|another) "
          r"(?:[\w-]+ ){0,3}(?:continuation|summary|paragraph|text|version|response|example|breakdown|guide|questions?|list|exercise|code|process|strateg|steps?|explanation|sentences?|way)",
          "here", response_only=True),
    _rule("about text", "assistant",
          r"\b(?:the|this|your) (?:given|provided|original|rewritten|revised|edited|previous|last|following|second|first|entire)? ?(?:text|passage|paragraph|sentence|sentences|excerpt|statement)s?"
          r"(?: (?:is|are|describes?|discusses|highlights|suggests|mentions|explains|states|emphasizes|should|can|could|above|below|provided|already|needs|to)\b|['’]s\b|:|,)"
          r"|\bthe author (?:has|is|uses|describes)|\bthis is an? (?:perfect|great|good) example of|\bi (?:removed|replaced|added|rewrote|changed|will not|will only|'ve (?:added|removed|rewritten))\b|\bi(?:'ll| will) (?:focus|make sure|need|only|not)\b",
          "text|passage|paragraph|sentence|excerpt|statement|author|example of|i ", sure=False, response_only=True),
    _rule("problem talk", "assistant", r"\bto (?:solve|answer|address) (?:this|the) (?:problem|question|task|exercise)|\bstep-by-step (?:guide|solution|explanation)|\blet'?s break|\b(?:could|can) you please (?:provide|clarify|share|tell|specify)|\bplease (?:share|provide|clarify) |\byou(?:'re| are) (?:encountering|asking|looking|referring)|\bin (?:the context of )?your (?:query|question|case|request)",
          "solve|answer|address|step-by-step|break|you|please", sure=False, response_only=True),
    # Questions and their answers.
    _rule("q and a", "question_answer", _LINE + r"(?:\W{0,3})(?:q|question)(?: ?\d{1,3})?(?:\*\*)? ?[:.)] ?\S[^\n]*\n(?:[^\n]*\n){0,4}?[ \t]*\W{0,3}(?:a|answer)(?: ?\d{1,3})?(?:\*\*)? ?[:.)]", "question|q"),
    _rule("question line", "question_answer",
          _LINE + r"(?:\d{1,2}[.)] |#{1,5} |[*•-] ){0,2}(?:\*\*)?(?:what|how|why|when|where|who|whom|whose|which|can|is|are|do|does|did|could|should|would|will|may|has|have|was|were|am)(?:'s|n't|'re)? [^\n?\"“”]{2,140}\?(?:\*\*)?[ \t]*(?:\n|\Z)", "?"),
    _rule("your question", "question_answer", r"\b(?:when|do|does|can|is|are|how|what|which|where)\b[^\n?.]{0,40}\byour?\b[^\n?.]{0,60}\?", "?", sure=False),
    _rule("frequently", "question_answer", r"\bfrequently asked|\bfaqs?\b", "asked|faq", sure=False),
    # Dialogue.
    _rule("quoted turns", "dialogue", r"\n\s{0,3}[\"“][^\"“”\n]{2,200}[\"”]", '"|“', sure=False, times=2),
    _rule("turns", "dialogue", _TURN, ":", sure=False),
    _rule("turns 2", "dialogue", _TURN, ":", sure=False, times=2),
    _rule("turns 3", "dialogue", _TURN, ":", sure=False, times=3),
    _rule("short lines", "dialogue", r"(?:\n[^\n]{3,60}(?=\n)){4}", "\n", sure=False),
    _rule("you i lines", "dialogue", _LINE + r"(?:you|i|my|hello|hi|yes|no|are you|do you|what|who|why)\b[^\n]{0,70}(?=\n)", "\n", sure=False, times=3),
    # Directions.
    _rule("steps", "how_to", _LINE + rf"(?:\d{{1,2}}[.)]|[-*•]|step \d{{1,2}}[:.]?)[ \t]{{1,3}}(?:\*\*)?(?:in the [\w ]{{2,30}}, |then |now |next,? |first,? |you'll |if [^,\n]{{3,50}}, |under [^,\n]{{3,40}}, |from the [^,\n]{{3,40}}, |please )?{_DO}\b", "1|2|3|4|5|6|7|8|9|-|*|•"),
    _rule("ui act", "how_to",
          r"\b(?:and|then|to|,|\.|:) ?(?:click|press|select|type|choose|right-click|double-click|tick)(?: on)? (?:the |a |an |in |any |[a-z]+ (?:to|in|from|button|tab)|<|ctrl|alt|esc|enter)", "click|press|select|type|choose|tick", sure=False, times=1),
    _rule("to do so", "how_to", r"\bfollow (?:these|the) (?:steps|tips|instructions)|\bdo one of the following|\bstep[- ]by[- ]step\b|\bfirst, you (?:need|have|must|should)|\bthe following steps\b|\bto (?:turn|change|add|remove|open|set|install|create|fix) [^.\n]{3,60}:\s*\n", "to |follow|step|first"),
    _rule("to do this", "how_to", r"\bto do (?:this|so|that), ", "to do ", sure=False),
    _rule("verb then", "how_to", _START + rf"{_DO} (?:the|a|an|on|in|to|up|your|any|all|one|each|it|them|this|that|down|out|off)\b[^.\n]{{3,150}}(?:, (?:and|then)|\band\b|\bthen\b|\bto\b)", sure=False),
    _rule("do start", "how_to", _START + rf"(?:then |now |next,? |first,? |let's |please )?{_DO} [a-z]", sure=False),
    _rule("do starts", "how_to", _START + rf"(?:then |now |next,? |first,? |let's |please )?{_DO} [a-z]", sure=False, times=2),
    # Exercises.
    _rule("exercise", "exercise",
          r"\bfor the input file\b|\bassume that the input\b|\bfor this (?:problem|challenge|exercise|task)\b|\byou(?:'re| are) tasked to\b|(?:\A|\n)\W{0,4}(?:lesson|exercise|problem|question|quiz|puzzle|challenge) \d|\bchoose the correct\b|\bthe flag\b|\btrue or false\b|\bmultiple choice\b|\bfill in the blank|\bmove the cursor to\b",
          "input|for this|tasked|lesson|exercise|problem|question|quiz|puzzle|challenge|correct|flag|true|multiple|fill|cursor"),
    _rule("task line", "exercise", _LINE + r"(?:display|filter|delete|print|count|extract|join|match|replace|retain|search|sort|convert|uppercase|change|determine|calculate|find|solve|try|practice|practise) (?:all|the|only|lines?|whole|\d|to|each|both)\b", "display|filter|delete|print|count|extract|join|match|replace|retain|search|sort|convert|change|determine|calculate|find|solve|try|practi", sure=False),
    _rule("choices", "exercise", r"(?:\n\s{0,4}\(?[a-d][.)] [^\n]{1,80}){3}", "\n"),
    # Forms.
    _rule("form", "form", r"_{4,}|(?<!\.)\.{6,}+[ \t]*+\n|\[ ?\] |☐|□|" + _LINE + r"fields:|\bdatatype:|\byesno:|\bcheckboxes:|(?:\A|\n)\W{0,3}(?:first name|surname|last name|date of birth|signature|full name|e-?mail address) ?:", "____|....|[|☐|□|fields|datatype|yesno|checkbox|name|birth|signature|mail"),
    _rule("form question", "question_answer", _LINE + r"question: ", "question:", sure=False),
)  # fmt: skip
