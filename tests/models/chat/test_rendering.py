"""A stranger's template takes a sentence at most: it can be slow, large, endless or broken, and today's date is fixed once."""

import json
import subprocess
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from secondhalf.errors import UserError
from secondhalf.models.chat.chat_tokens import ChatTokens
from secondhalf.models.chat.dates import fix_date
from secondhalf.models.chat.rendering import is_dated, own_template, render_chat, render_template
from secondhalf.models.chat.template import Template
from support.tiny_student import tokenizer

# As Llama 3.2, Granite and Mistral Small have it.
DATED = Path(__file__).with_name("dated.jinja").read_text("utf-8")
SEVERAL = [{"name": "rag", "template": "x"}, {"name": "tool_use", "template": "y"}]
PLACES = "{{ prompt }}{{ response }}"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{% for i in range(10**9) %}a{% endfor %}", "OverflowError: Range too big"),
        ("{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}", "more than two seconds"),
        ("{{ 'a' * 10**10 }}", "more than 1 GB of memory"),
        ("{{ 'a' * 10**7 }}", "writes more than 1,000,000 characters"),
        ("{{ '%10000000000d' % 1 }}", "more than 1 GB of memory"),
        ("{{ 'a' | center(10**10) }}", "more than 1 GB of memory"),
        ("{{ [[1] * 10**9] }}", "more than 1 GB of memory"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "calls itself without an end"),
        ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", "nested too deep"),
        ("{% set later = 'a' * 10**7 %}", "writes more than"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{% include '/etc/passwd' %}", "no loader"),
        ("{{ nothing.of.it }}", "undefined"),
        ("{{ 1 / 0 }}", "ZeroDivisionError"),
        ("{% if %}", "Expected an expression"),
        ("{{ prompt.x() }}", "no attribute 'x'"),
        ("{{ '\x1b[2J' + 1 }}", "TypeError"),
    ],
)
def test_a_template_that_takes_too_much_is_a_sentence(text: str, why: str) -> None:
    with pytest.raises(UserError) as raised:
        render_template(text + PLACES, {"prompt": "p", "response": "r"}, "mine")
    sentence = str(raised.value)
    assert sentence.startswith("The template mine cannot be rendered (")
    assert sentence.endswith("): mend it.")
    assert why in sentence
    assert len(sentence) < 400


def test_the_process_knows_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_KEY", "sk-secret-key")
    started: list[Any] = []
    run = subprocess.run

    def watched(*arguments: Any, **options: Any) -> Any:
        started.append(options)
        return run(*arguments, **options)

    monkeypatch.setattr(subprocess, "run", watched)
    assert render_template("{{ prompt }} of one", {"prompt": "p"}, "mine") == ("p of one", None, "")
    assert "sk-secret-key" not in json.dumps(started[0]["env"])


def test_a_tokenizers_template_is_held_to_the_same_limits() -> None:
    own = tokenizer()
    own.chat_template = "{{ 'a' * 10**7 }}"
    with pytest.raises(UserError, match="The template tokenizer cannot be rendered"):
        Template.named("tokenizer").encode_prompt(own, "a")
    with pytest.raises(UserError, match="The template of folder cannot be rendered"):
        ChatTokens(own, Path("folder")).ids((("user", "a"),))


CHATS = [
    "{{ bos_token }}{% for m in messages %}<{{ m.role }}>\n{{ m['content'] | trim }}{{ eos_token }}\n{% endfor %}"
    "{% if add_generation_prompt %}<assistant>\n{% endif %}",
    "\n  {% if true %}\n x\n  {% endif %}\n{# a note #}\n{% for m in messages %}\n{%- if m.role == 'user' %}U{% continue %}{% endif %}{{ loop.index0 }}"
    "{% generation %}{{ m.content }}{% endgeneration %}{% endfor %}",
    "{%- set ns = namespace(a='') %}{% for m in messages %}{% set ns.a = ns.a + m.content %}{% endfor %}{{ ns.a | tojson }}{{ dict(a='é<') | tojson(indent=1) }}",
    "{{ tools is none }}{{ documents is not defined }}{{ messages[-1].content.split(' ')[0] }}{{ pad_token }}{{ messages | map(attribute='role') | join }}",
    "{% macro say(x) %}[{{ x }}]{% endmacro %}{% for m in messages %}{{ say(m.content) }}{% break %}{% endfor %}",
    "{% if messages[0].role == 'system' %}{{ raise_exception('no') }}{% endif %}a",
    DATED,
]  # fmt: skip


@pytest.mark.parametrize("template", CHATS)
@pytest.mark.parametrize("prompt", [False, True])
def test_it_is_what_transformers_renders(template: str, prompt: bool) -> None:
    own = tokenizer()
    own.chat_template = template
    turns = [{"role": "user", "content": " The river </s> é "}, {"role": "assistant", "content": "川は\n流れる"}]
    expected = own.apply_chat_template(turns, tokenize=False, add_generation_prompt=prompt)
    assert render_chat(template, own, turns, prompt=prompt) == expected


def test_what_a_template_raises_itself_is_its_reason() -> None:
    with pytest.raises(UserError, match=r"\(no\): mend it"):
        render_chat(CHATS[5], tokenizer(), [{"role": "system", "content": "a"}])


def test_several_templates_without_a_default_are_named() -> None:
    own = tokenizer()
    own.chat_template = {one["name"]: one["template"] for one in SEVERAL}
    with pytest.raises(UserError, match=r"several chat templates \(rag, tool_use\) and none that is named default"):
        Template.named("tokenizer").encode_prompt(own, "a")
    with pytest.raises(UserError, match=r"The teacher's tokenizer has several"):
        ChatTokens(own, Path("folder"))
    own.chat_template = {"default": CHATS[0], "rag": "x"}
    assert own_template(own) == CHATS[0]
    assert Template.named("tokenizer").encode_prompt(own, "a")


@pytest.mark.parametrize("lead", ["", "\n", "  ", "\n {% if true %}\n", "{# note #}\n"])
def test_a_fixed_date_stays(lead: str) -> None:
    template = f"{lead}{DATED}" + ("{% endif %}" if "if true" in lead else "")
    fixed = fix_date(template, datetime(2025, 3, 4, 5, 6, 7))
    own, turns = tokenizer(), [{"role": "user", "content": "a"}]
    today = render_chat(template, own, turns)
    assert is_dated(template)
    assert "Today Date: 04 Mar 2025" in render_chat(fixed, own, turns)
    assert render_chat(fixed, own, turns) == today.replace(datetime.now().strftime("%d %b %Y"), "04 Mar 2025")
    assert fix_date(fixed, datetime(2030, 1, 1)) == fixed
    own.chat_template = fixed
    assert "04 Mar 2025" in own.apply_chat_template(turns, tokenize=False)


def test_every_form_of_a_date_is_fixed() -> None:
    moment, form = datetime(2025, 3, 4, 15, 6, 7), "%A %-d.%-m.%y %B %H:%M:%S %I %p %j 100%% %F"
    fixed = fix_date("{% set f = '" + form + "' %}{{ strftime_now(f) }}|{{ strftime_now(format='%Y') }}", moment)
    assert render_chat(fixed, tokenizer(), []) == f"{moment.strftime(form)}|2025"


def test_a_template_without_a_date_stays_as_it_is() -> None:
    for template in (CHATS[0], "{% set strftime_now = 1 %}{{ strftime_now }}", "strftime_now of a text"):
        assert fix_date(template, datetime.now()) == template


def test_rendering_is_done_once() -> None:
    start = time.perf_counter()
    for _ in range(300):
        render_template("{{ prompt }} once", {"prompt": "p"}, "mine")
    assert time.perf_counter() - start < 30
