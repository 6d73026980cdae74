"""Every family's thinking, channels, answer tags and end markers come off; honest text with angle brackets stays whole."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from secondhalf.models.thinking import join_thinking, split_thinking

ANSWER = "The river ran on in the dark."
THOUGHT = "I should go on."
PAIRS = [
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<THINK>\n", "\n</THINK>\n\n"),
    ("< think >", "< / think >"),
    ('<think effort="low">', "</think>"),
    ("<seed:think>", "</seed:think>"),
    ("<mm:think>", "</mm:think>"),
    ("<longcat_think>", "</longcat_think>"),
    ("<thought>\n", "\n</thought>\n\n"),
    ("<Thought>", "</Thought>"),
    ("<thoughts>", "</thoughts>"),
    ("<reasoning>", "</reasoning>\n"),
    ("<inner_thoughts>", "</inner_thoughts>\n"),
    ("<scratchpad>", "</scratchpad>\n"),
    ("[THINK]", "[/THINK]"),
    ("◁think▷", "◁/think▷"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
    ("<|begin_of_thinking|>", "<|end_of_thinking|>"),
    ("<start_working_out>", "<end_working_out>"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<|inner_prefix|>", "<|inner_suffix|>"),
    ("<|channel>thought\n", "<channel|>"),
    ("<unused94>thought\n", "<unused95>"),
    ("<|plamo:begin_think:plamo|>", "<|plamo:end_think:plamo|>"),
    ("<|think:start|>", "<|think:end|>"),
    ("[unused16]", "[unused17]"),
]
CHANNELS = [
    "<|channel|>analysis<|message|>{t}<|end|><|start|>assistant<|channel|>final<|message|>{a}<|return|>",
    "<|start|>assistant<|channel|>analysis<|message|>{t}<|end|>\n<|start|>assistant<|channel|>final<|message|>{a}",
    "<|channel|>analysis<|message|>{t}<|start|>assistant<|channel|>final <|constrain|>text<|message|>{a}<|end|>",
    "{t}<|end|><|start|>assistant<|channel|>final<|message|>{a}",
    "<|channel|>analysis<|message|>{t}<|end|><|start|>assistant<|channel|>commentary to=functions.f <|constrain|>json"
    '<|message|>{{"x": 1}}<|call|><|start|>assistant<|channel|>final<|message|>{a}',
    "<|message|>{a}<|end|>",
    "analysis{t}assistantfinal{a}",
    "analysis{t}assistantcommentary{t}assistantfinal{a}",
    "{t}assistantfinal{a}",
    "<|think|>{t}<|end|><|begin|>assistant<|content|>{a}<|end|>",
    "Here is my thought process: {t} Here is my response: {a}",
    "Here's my thought process:\n\n{t}\n\nHere's my response:\n\n{a}",
    "/think\n{t}<|im_end|>\n<|im_start|>assistant\n{a}",
]
WRAPPED = [
    "<think>\n{t}\n</think>\n<answer>\n{a}\n</answer>",
    "<think>\n\n</think>\n<answer>\n{a}",
    "<answer>{a}</answer>",
    "<answer>{a}<|im_end|></answer><|im_end|>",
    "<think>{t}</think>{a}</answer>",
    "<think>{t}</think>\n<|channel|>final<|message|>{a}<|return|>",
    "\ufeff<REASONING>\n{t}\n</REASONING>\n<SOLUTION>{a}</SOLUTION>",
    "<think>{t}</think><response>{a}</response>",
    "<thinking>{t}<reflection>{t}</reflection></thinking>\n<output>{a}</output>",
    "<|START_THINKING|>{t}<|END_THINKING|><|START_RESPONSE|>{a}<|END_RESPONSE|>",
    "<|begin_of_thought|>{t}<|end_of_thought|>\n\n<|begin_of_solution|>{a}<|end_of_solution|>",
    "<think>{t}</think><|begin_of_box|>{a}<|end_of_box|>",
]
ENDS = [
    "<|im_end|>", "<|eot_id|>", "</s>", "<end_of_turn>\n", "<|endoftext|>", "<|end_of_text|>", "<|end|>", "<|return|>",
    "<|eom_id|>", "<|eot|>", "<EOT>", "[EOS]", "<eos>", "<pad><pad>", "<turn|>", "<｜end▁of▁sentence｜>", "<|END_OF_TURN_TOKEN|>",
    "[|endofturn|]", "<end_of_utterance>", "[e~[", "<seed:eos>", "<|role_end|>", "<|IM_END|>", "<|im_end|>\n<|endoftext|>",
    "</s></s>", "</s> </s>", "<|im_en", "<|im_e", "<|eot_i", "<end_of_tur", "im_end|>", "|im_end|>", "<｜end▁of▁sen",
    "<|im_end|>\n<|im_start|>user\nAnd then?", "<|endoftext|>i need to summarise", "<|user|>\nGo on.", "</s><s>[INST] Go on. [/INST]",
    " [/INST]", "<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nGo on.",
]  # fmt: skip
HEADS = [
    "<|im_start|>assistant\n", "<|start_header_id|>assistant<|end_header_id|>\n\n", "<start_of_turn>model\n", "<|assistant|>\n",
    "<s> ", "<bos>", "<|begin_of_text|>", "<｜Assistant｜>", "[|assistant|]",
]  # fmt: skip
HONEST = [
    "In HTML, <b>bold</b> and [note] stay as they are.",
    "Write `<think>` before the thoughts and `</think>` behind them.",
    "Put it between <think> and </think>, then go on.",
    "The <think> tag opens a block, and nothing closes it.",
    "A model that was trained so begins with “<think>” and never says why.",
    "推論モデルは「<think>」で考え始め、「</think>」で終える。",
    "推論モデルは<think>タグで考え始める。",
    "＜think＞と全角で書けば、ただの文字である。＜／think＞も同じ。",
    "見出しは＜序章＞、次は〈本章〉である。",
    "An example:\n\n```html\n<think>\nHm.\n</think>\n<|im_end|>\n```\n\nThat is all.",
    "An example:\n\n~~~\n<|channel|>analysis<|message|>x<|end|><|start|>assistant<|channel|>final<|message|>y\n~~~\n\nThat is all.",
    "<note><thinking>Hm.</thinking><to>Ann</to></note>",
    "<example>\n  <thought>I am.</thought>\n  <reasoning>So I think.</reasoning>\n</example>",
    "Strike it out: <s>forty</s> fifty <s>one</s>",
    "<s>forty</s> fifty",
    "An unmatched `</s>` ends the sentence in Llama 2's vocabulary, and `<|eot_id|>` in Llama 3's.",
    "Llama 3 ends a turn with <|eot_id|>, and Qwen with <|im_end|>, as the table says.",
    "{{- '<|im_start|>system\\n' + text + '<|im_end|>\\n' -}}",
    "f <| x |> g <|",
    "| a | end |\n|---|-----|\n| 1 |end|",
    "a < b and <thinker> stays, as does x[THIN] and [think].",
    "Analysis of the river: it ran.",
    "analysis of the river, which ran on",
    "analysis’ results",
    "The assistant final exam was hard.",
    "if (a<b) { return c>d; } // <T> generic<think_tank>",
    "Press <Enter>, then <Ctrl>+<End>.",
    "See [1], [EOS model], and [the end]",
    "Dear <name>,\n\nthank you.",
    "i <3 you",
    "1 < 2",
]


@pytest.mark.parametrize(("opening", "closing"), PAIRS)
def test_thinking_in_every_familys_tags(opening: str, closing: str):
    whole = f"{opening}{THOUGHT}{closing}"
    assert split_thinking(whole + ANSWER) == (ANSWER, THOUGHT)
    answer, thinking = split_thinking(f"{whole}{whole}{ANSWER}")
    assert (answer, thinking.count(THOUGHT)) == (ANSWER, 2)
    assert split_thinking(f"{THOUGHT}{closing}{ANSWER}") == (ANSWER, THOUGHT)  # the template wrote the first
    assert split_thinking(f"{opening}{THOUGHT}") == ("", THOUGHT)  # cut at its limit
    assert split_thinking(whole) == ("", THOUGHT)
    assert split_thinking(f"{opening}{closing}{ANSWER}") == (ANSWER, "")
    assert split_thinking(f"{whole}\n{ANSWER}<|im_end|>")[0] == ANSWER
    assert split_thinking(f"{opening}川は流れる。{closing}海へ。") == ("海へ。", "川は流れる。")


@pytest.mark.parametrize("form", CHANNELS)
def test_channels(form: str):
    answer, thinking = split_thinking(form.format(t=THOUGHT, a=ANSWER))
    assert answer == ANSWER
    assert (THOUGHT in thinking) == ("{t}" in form)
    assert "<|" not in answer + thinking


@pytest.mark.parametrize("form", CHANNELS[:3] + CHANNELS[6:7] + CHANNELS[9:])
def test_channels_cut_in_their_thoughts_have_no_answer(form: str):
    cut = form.format(t=THOUGHT, a="<ANSWER>").partition(THOUGHT)
    assert split_thinking(cut[0] + cut[1])[0] == ""


@pytest.mark.parametrize("form", WRAPPED)
def test_answer_tags(form: str):
    assert split_thinking(form.format(t=THOUGHT, a=ANSWER))[0] == ANSWER


@pytest.mark.parametrize("end", ENDS)
def test_end_markers_come_off_with_what_follows(end: str):
    for text in (ANSWER, "川は海へ。", f"{ANSWER}\n\n```c\nx;\n```\n\nAnd on."):
        assert split_thinking(text + end)[0] == text
        assert split_thinking(f"<think>{THOUGHT}</think>\n{text}{end}")[0] == text


def test_a_marker_behind_what_is_spoken_is_no_string():
    for text in ('He said "yes."', "She said 'yes.'", "「はい。」", "(yes)"):
        for end in ("<|im_end|>", '<|im_end|>\n<|im_start|>user\nSay "no."', "</s>", "<|eot_id|>"):
            assert split_thinking(text + end)[0] == text


@pytest.mark.parametrize("head", HEADS)
def test_a_turns_beginning_comes_off(head: str):
    assert split_thinking(head + ANSWER)[0] == ANSWER
    assert split_thinking(f"{head}<think>{THOUGHT}</think>{ANSWER}") == (ANSWER, THOUGHT)


@pytest.mark.parametrize("text", HONEST)
def test_honest_text_stays_whole(text: str):
    assert split_thinking(text) == (text, "")
    assert split_thinking(f"<think>{THOUGHT}</think>\n\n{text}") == (text, THOUGHT)


def test_an_xml_texts_own_root_is_no_answer_tag():
    text = "<response><item>1</item><item>2</item></response>"
    assert split_thinking(text) == (text, "")
    assert split_thinking("<output>cut") == ("<output>cut", "")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200))
@example("<" * 50 + "think")
def test_text_without_markers_is_only_stripped(text: str):
    if not any(sign in text for sign in ("<", "[", "◁", "\ufeff", "|>", "]~b]")):
        assert split_thinking(text) == (text.strip(), "")


def test_thinking_that_came_beside_the_text_never_reaches_the_answer():
    for thought in (THOUGHT, "I close with </think> here.", "<think>again</think>", "```\ncode", "a ` b"):
        assert split_thinking(join_thinking(thought, ANSWER + "\n```\nx\n```"))[0] == ANSWER + "\n```\nx\n```"


HOSTILE = ["<think>", "</think>", "<think ", "< ", "`", "```\n", "~~~\n", "</s>", "<s>", "<s ", "<|", "<|im_end|> tag ", "<think> tag ",
           " <think> a", "<|channel|>", "<|channel|>a<|message|>", "<|end|>", "<thought>", "x</thought>", "assistantfinal",
           "`assistantfinal`", "[THINK]", "<a><think>", "<answer>", "\n", " ", "[/INST] ", "<|im_end|", "「<think>」"]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("before", ["", " " * 20_000])
def test_no_text_takes_more_than_linear_time(piece: str, before: str):
    def seconds(size: int) -> float:
        text = before + piece * (size // len(piece)) + "x"
        start = time.process_time()
        split_thinking(text)
        return time.process_time() - start

    assert seconds(100_000) < 1.0
