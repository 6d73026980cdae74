"""Garble is told from text, in English, Japanese and other languages: what people and models write is none."""

import json
import os
import random
from pathlib import Path

import pytest

from secondhalf.evaluate.everyday.probes import repeats
from secondhalf.evaluate.safety.garbled import garbled_reason

READABLE = [
    "No.",
    "42",
    "はい。",
    "I'm sorry, but I can't help with that.",
    "```python\ndef f(xs):\n    return [str(x) for x in xs if len(x) > 3]\n```\nUse html, css, npm and https.",
    "Let α + β = γ, so Δx = 3 μm and Σxᵢ = n·x̄. Then f(x) = ∫₀¹ x² dx = 1/3.",
    "| a | b |\n|---|---|---|---|---|---|---|---|---|---|---|\n| 1 | 2 |",
    "HTTPS, HTML, JSON, SMTP, IMAP.",
    "5µm gap; 10 µm; 3 µL; 4 Å",
    "\uf8ff Apple",
    "A line feed is written <0x0A>.",
    "----------------------------------------",
    "1000000000000000000000000",
    "Yes, 東京 (Tōkyō) is the capital of Japan; Москва is Russia's.",
    "Hello: Привет, こんにちは, 안녕하세요, مرحبا, नमस्ते, สวัสดี, שלום, Γειά σου, 你好.",
    "Hello - Bonjour\nПривет - こんにちは\n안녕하세요 - 你好\nمرحبا - नमस्ते",
    "안녕하세요. 저는 인공지능(AI)입니다. GPT와 같은 모델은 많은 텍스트로 학습됩니다.",
    "Čtvrtek, prst, krk, vlk, smrt: Czech words without vowels.",
    "Szczęście, chrząszcz brzmi w trzcinie w Szczebrzeszynie.",
    "人工智能是计算机科学的一个分支，它企图了解智能的实质，并生产出一种新的能以人类智能相似的方式做出反应的智能机器",
    "人工智慧是電腦科學的一個分支它企圖了解智慧的實質並生產出一種新的能以人類智慧相似的方式做出反應的智慧型機器",
    "観自在菩薩行深般若波羅蜜多時照見五蘊皆空度一切苦厄舎利子色不異空空不異色色即是空空即是色受想行識亦復如是",
    "東京 大阪 名古屋 札幌 福岡 京都 神戸 横浜 仙台 広島 千葉 新潟 静岡 浜松 岡山 熊本 鹿児島 長崎",
    "独立行政法人農業食品産業技術総合研究機構中央農業総合研究所の所長は、昨日の会見で述べた。",
    "鰹、鮪、鯖、鱚、鰯、鱈、鯛、鰤、鱧、鮎、鯉、鮒、鱒、鮭、鰻、鰈、鮃、鯵、鰆、鰊、鯨、鯱、鰐、鮫",
    "むかしむかし、あるところに、おじいさんとおばあさんがすんでいました。おじいさんはやまへしばかりに、おばあさんはかわへ。",
    "せやけど、あんたほんまにそない言うてはったんか。うちはよう知らんわ。めっちゃおもろいやん、ほんで、どないしたらええのん。",
    "ふるいけや かわずとびこむ みずのおと。なつくさや つわものどもが ゆめのあと。しずけさや いわにしみいる せみのこえ。",
    "祇園精舎の鐘の声、諸行無常の響きあり。おごれる人も久しからず。たけき者もつひにはほろびぬ、ひとへに風の前の塵におなじ。",
    "いろはにほへとちりぬるをわかよたれそつねならむうゐのおくやまけふこえてあさきゆめみしゑひもせす",
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン",
    "アンドレイ・タルコフスキー、フョードル・ドストエフスキー、ヴォルフガング・アマデウス・モーツァルト、クシシュトフ・キェシロフスキ",
    "ドキドキ、ワクワク、ふわふわ、もふもふ、ぴょんぴょん、きゃーきゃー、しゅわしゅわ、ぺろぺろ。たのしいね。",
    "きゃりーぱみゅぱみゅのうたは、ぴょこぴょこしてて、めちゃくちゃかわいい。ぎゅうにゅうとひゃくえんのちょこをかった。",
    "はい、ｗｗｗｗｗ それは面白いですね。うわああああああああああ！とても驚きました。ﾃｽﾄです。",
    "文字化けとは、「縺ゅ＞縺」のように、文字が正しく表示されない現象です。\n文字コードを間違えて読むと起こります。\n直すには、正しい文字コードで開き直します。",
    "富士山は日本で一番高い山です。標高は 3776 メートルで、静岡県と山梨県にま\ufffd\ufffd",  # cut at its limit
]
TEXT = "日本の首都は東京です。人口はおよそ千四百万人で、政治と経済の中心になっています。春には桜が咲き、多くの人が訪れます。"
GARBLE = {
    "loop": [
        "のののののののののののの",
        "はい。" + "それは" * 40,
        "猫は、" * 12,
        "aaaaaaaaaaaaaaaaaaaaaaaa",
        "Well, hahahahahahahahahahahahaha",
    ],
    "lost characters": [
        "日本の\ufffd\ufffdは\ufffd\ufffd東京\ufffd\ufffdです",
        "<0xE3><0x81><0x82>日本<0xE3>",
        "The \ufffd\ufffd capital of \ufffd is Lima.",
        "日本\x00\x01は\x02",
        TEXT.encode().decode("latin-1"),
    ],
    "wrong encoding": [
        TEXT.encode("euc_jp").decode("latin-1"),
        "繧ｳ繝ｳ繝斐Η繝ｼ繧ｿ縺ｯ縲∵ュ蝣ｱ繧貞�ｦ逅�☆繧区ｩ滓｢ｰ縺ｧ縺吶".replace("\ufffd", ""),
        "Itâ€™s the cafÃ© that sheâ€™s looking for, isnâ€™t it?",
    ],
    "soup of kana": [
        "ぬゑぷめゃぢをべぉそづっゅごひゎぞぬぽげゐぃへやぇぎゆびぜ",
        "ヮヂゥヌヱペャヅッョゲヴィポソェヰュベァズケォゾ",
    ],
    "soup of kanji": [
        "撷堂鸻愎疗诬抬吶塜髢鉊致划污騆稂渆術菼患唡龴到购磆梀庶防廾麰苸宦掛薟綾愚喅菗玼怒",
        "圏蒲党持那溌闘枢臥図輪葡遊頴縮澄匪揺蔀電枝糧授錠木倦埠夷提肌擦樵要痔津寂討茂欲垂",
    ],
    "soup of scripts": ["мрदไq한 عд本ПрसウиतI的ทы", "мир 한국 ไทย नमस 日本 عرب вид 나라 กิน"],
    "soup of letters": ["xkq vbnt wrtpl zzgh brrtk pqlm sdfg the hjkl", "Qwrtp sdfghjkl zxcvbnm the trrkl and pfffg"],
}


@pytest.mark.parametrize("text", READABLE)
def test_what_people_write_is_no_garble(text: str) -> None:
    assert garbled_reason(text) == ""


@pytest.mark.parametrize(("reason", "text"), [(reason, text) for reason, texts in GARBLE.items() for text in texts])
def test_garble_is_named_with_its_reason(reason: str, text: str) -> None:
    assert garbled_reason(text) == reason


@pytest.mark.parametrize(("first", "last"), [("ぁ", "ん"), ("ァ", "ヴ")])
def test_kana_at_random_are_found_nine_times_in_ten(first: str, last: str) -> None:
    chance = random.Random(5)
    kana = [chr(code) for code in range(ord(first), ord(last) + 1)]
    count = sum(garbled_reason("".join(chance.choices(kana, k=40))) == "soup of kana" for _ in range(200))
    print(f"{first} to {last}: {count} of 200 found")
    assert count >= 180


@pytest.mark.parametrize(
    "name", ["ja_Qwen2.5-1.5B-Instruct-GPTQ-Int4_strict.jsonl", "en_Mistral-7B-Instruct-v0.3_strict.jsonl"]
)
def test_of_models_answers_those_alone_that_loop(name: str) -> None:
    path = Path(os.environ.get("SECONDHALF_DATA") or "absent", "ifeval", name)
    if not path.is_file():
        assert "CI" not in os.environ, "SECONDHALF_DATA names no folder with ifeval/"
        pytest.skip("needs the benchmark files: set SECONDHALF_DATA")
    answers = [json.loads(line)["response"] for line in path.read_text("utf-8").splitlines()]
    reasons = {answer: garbled_reason(answer) for answer in answers if garbled_reason(answer)}
    print(f"{name}: {len(reasons)} of {len(answers)}")
    assert all(reason == "loop" and repeats(answer) > 0.8 for answer, reason in reasons.items()), reasons.values()
