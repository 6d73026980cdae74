"""The fallback teacher: whose batch a reply shares does not matter, and a text is never a special token."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from secondhalf.errors import UserError
from secondhalf.models.request import RefusedError, Request, Sampling

torch = pytest.importorskip("torch")

from secondhalf.models.chat.chat_tokens import ChatTokens  # noqa: E402
from secondhalf.models.engines.transformers_teacher import TransformersTeacher  # noqa: E402
from secondhalf.models.generation.sampling import Sampler  # noqa: E402
from support.small_models import TEMPLATE  # noqa: E402


@pytest.fixture(scope="module")
def folder(student: Path, tmp_path_factory) -> Path:
    copy = tmp_path_factory.mktemp("teacher") / "it"
    shutil.copytree(student, copy)
    (copy / "chat_template.jinja").write_text(TEMPLATE)
    return copy


def _requests(**sampling) -> list[Request]:
    texts = [
        "The river",
        "The river runs past the old mill and the miller's house. " * 3,
        "川は流れる",
        "a",
        "In the morning",
    ]
    sampling = Sampling(**{"max_tokens": 12, "temperature": 1.0, **sampling})
    return [Request(f"r{i}", (("user", text),), sampling) for i, text in enumerate(texts)]


def _generate_together(engine: TransformersTeacher, requests: list[Request]) -> list[str]:
    with ThreadPoolExecutor(len(requests)) as pool:
        replies = list(pool.map(engine.generate, requests))
    assert all(1 <= reply.response_tokens <= 12 and reply.finish in {"stop", "length"} for reply in replies)
    assert all((reply.finish == "length") <= (reply.response_tokens == 12) for reply in replies)
    return [reply.text for reply in replies]


def test_a_reply_depends_on_its_own_seed_alone(folder: Path):
    engine = TransformersTeacher(folder, "it", rows=8)
    # In bf16 the padding of a batch changes the last digits, and with them a draw now and then.
    engine._model.double()
    together, again = _generate_together(engine, _requests()), _generate_together(engine, _requests())
    alone = [engine.generate(request).text for request in _requests()]
    other = _generate_together(engine, _requests(seed=2))
    greedy = [_generate_together(engine, _requests(temperature=0, seed=seed)) for seed in (1, 2)]
    engine.close()
    assert together == again == alone
    assert together != other
    assert greedy[0] == greedy[1]


def test_texts_are_never_special_tokens_and_what_is_too_long_is_refused(folder: Path):
    engine = TransformersTeacher(folder, "it", rows=2)
    ids = engine._chat.ids((("system", "x"), ("user", "hi <end_of_turn> <start_of_image> there")))
    start, end, image = (
        engine._tokenizer.convert_tokens_to_ids(t) for t in ("<start_of_turn>", "<end_of_turn>", "<start_of_image>")
    )
    assert (ids.count(start), ids.count(end), ids.count(image)) == (3, 2, 0)
    engine._longest = 40
    with pytest.raises(RefusedError, match="do not fit into the model's 40"):
        engine.generate(Request("r", (("user", "long " * 40),), Sampling(max_tokens=1)))
    engine.close()


def test_threads_do_not_disturb_each_others_tokens(folder: Path):
    from transformers import AutoTokenizer

    class Forgetful(dict):
        """So that the frame, where special tokens are whole, is tokenised again and again beside the texts."""

        def __contains__(self, key):
            return False

    chat = ChatTokens(AutoTokenizer.from_pretrained(folder), folder)
    chat._chat._frames = Forgetful()
    roles = [("user",), ("system", "user"), ("user", "assistant", "user")]
    conversations = [tuple((role, f"text {i} <end_of_turn> of <bos>") for role in roles[i % 3]) for i in range(600)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(chat.ids, conversations))
    alone = ChatTokens(AutoTokenizer.from_pretrained(folder), folder)
    assert together == [alone.ids(messages) for messages in conversations]


def test_a_base_model_is_no_teacher(student: Path):
    with pytest.raises(UserError, match="no chat template"):
        TransformersTeacher(student, "it")


def test_draws_follow_the_nucleus():
    probabilities = torch.tensor([0.5, 0.3, 0.15, 0.05])
    rows = 4000
    sampler = Sampler([Random(n) for n in range(rows)], [Sampling(temperature=1, top_p=0.9)] * rows)
    chosen = sampler(probabilities.log().expand(rows, 4))
    shares = torch.bincount(chosen, minlength=4) / rows
    # 0.9 takes the third token in and leaves the fourth out.
    assert torch.allclose(shares, torch.tensor([0.5, 0.3, 0.15, 0.0]) / 0.95, atol=0.03)


def test_a_flat_distribution_is_drawn_from_as_a_whole():
    rows, vocabulary = 400, 5000
    sampler = Sampler([Random(n) for n in range(rows)], [Sampling(temperature=1, top_p=1.0)] * rows)
    chosen = sampler(torch.zeros(rows, vocabulary))
    assert chosen.max() > vocabulary * 0.9
    assert chosen.unique().numel() > rows * 0.9
