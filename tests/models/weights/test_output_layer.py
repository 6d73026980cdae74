"""Logits that are more than states times weights: as the model itself computes them, and their gradients as autograd's."""

import json
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from safetensors.torch import save_file  # noqa: E402

from secondhalf.errors import UserError  # noqa: E402
from secondhalf.models.weights.load import load_student  # noqa: E402
from secondhalf.models.weights.output_layer import check_output_layer  # noqa: E402
from secondhalf.models.weights.packing import backward, hidden_states, logprobs  # noqa: E402
from support.tiny_student import tokenizer  # noqa: E402

SIZES = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2, "vocab_size": 64,
         "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0, "initializer_range": 0.3}  # fmt: skip
EXAMPLES = [([5, 9, 11, 30], [-100, -100, 11, 30]), ([7, 8, 60], [-100, 8, 60])]


def capped() -> Any:
    from transformers import Gemma2Config, Gemma2ForCausalLM

    more = {"num_key_value_heads": 1, "head_dim": 16, "query_pre_attn_scalar": 16, "attn_logit_softcapping": None}
    return Gemma2ForCausalLM(Gemma2Config(final_logit_softcapping=3.0, **SIZES, **more))


def scaled_up() -> Any:
    from transformers import CohereConfig, CohereForCausalLM

    return CohereForCausalLM(CohereConfig(logit_scale=0.25, num_key_value_heads=1, **SIZES))


def scaled_down() -> Any:
    from transformers import GraniteConfig, GraniteForCausalLM

    return GraniteForCausalLM(GraniteConfig(logits_scaling=4.0, num_key_value_heads=1, **SIZES))


def biased() -> Any:
    from transformers import PhiConfig, PhiForCausalLM

    model = PhiForCausalLM(PhiConfig(**SIZES))
    with torch.no_grad():
        model.get_output_embeddings().bias.normal_()
    return model


@pytest.fixture(params=[capped, scaled_up, scaled_down, biased])
def model(request: pytest.FixtureRequest) -> Any:
    torch.manual_seed(0)
    return request.param().float().eval()


def naive(model: Any) -> Any:
    """The summed cross-entropy by the model's own logits."""
    total = 0.0
    for ids, labels in EXAMPLES:
        logits = model(input_ids=torch.tensor([ids]), use_cache=False).logits[0, :-1].float()
        total = total + torch.nn.functional.cross_entropy(logits, torch.tensor(labels[1:]), reduction="sum")
    return total


def test_likelihoods_are_the_models_own(model: Any) -> None:
    check_output_layer(model)
    with torch.no_grad():
        states, labels, _ = hidden_states(model, EXAMPLES)
        assert -float(logprobs(model, states, labels).sum()) == pytest.approx(float(naive(model)), rel=1e-4)


def test_gradients_are_autograds_own(model: Any) -> None:
    weights = dict(model.named_parameters())
    expected = dict(zip(weights, torch.autograd.grad(0.5 * naive(model), list(weights.values())), strict=True))
    states, labels, _ = hidden_states(model, EXAMPLES)
    backward(model, states, labels, 0.5)
    for name, weight in weights.items():
        torch.testing.assert_close(weight.grad, expected[name], atol=1e-4, rtol=1e-3, msg=name)


def test_a_student_with_capped_attention_loads_and_packs_as_alone(tmp_path: Path) -> None:
    # transformers has no fused attention for it; packed examples must not see each other in the plain one either.
    from transformers import Gemma2Config, Gemma2ForCausalLM

    gemma_tokenizer = tokenizer()
    torch.manual_seed(0)
    sizes = {**SIZES, "vocab_size": len(gemma_tokenizer), "num_hidden_layers": 2}
    more = {"num_key_value_heads": 1, "head_dim": 16, "query_pre_attn_scalar": 16, "sliding_window": 4}
    config = Gemma2Config(final_logit_softcapping=3.0, attn_logit_softcapping=2.0, **sizes, **more)
    Gemma2ForCausalLM(config).save_pretrained(tmp_path)
    gemma_tokenizer.save_pretrained(tmp_path)
    _, model = load_student(tmp_path, "float32")
    model.eval()
    assert model.config._attn_implementation == "eager"
    with torch.no_grad():
        states, labels, example_index = hidden_states(model, EXAMPLES)
        together = logprobs(model, states, labels)
        for number, example in enumerate(EXAMPLES):
            states, labels, _ = hidden_states(model, [example])
            torch.testing.assert_close(
                together[example_index == number], logprobs(model, states, labels), atol=1e-5, rtol=1e-5
            )


def test_a_student_with_code_of_its_own_is_refused(tmp_path: Path) -> None:
    config = {"model_type": "own_kind", "auto_map": {"AutoModelForCausalLM": "own.Own", "AutoConfig": "own.Config"}}
    (tmp_path / "config.json").write_text(json.dumps(config), "utf-8")
    (tmp_path / "own.py").write_text("raise SystemExit('it ran')\n", "utf-8")
    tokenizer().save_pretrained(tmp_path)
    save_file({"weight": torch.zeros(2)}, tmp_path / "model.safetensors")
    with pytest.raises(UserError, match=r"wants to run code of its own .* choose a model"):
        load_student(tmp_path)


def test_what_is_not_known_is_named() -> None:
    torch.manual_seed(0)
    model = scaled_down().eval()
    own = model.forward

    def squared(**given: Any) -> Any:
        actual = own(**given)
        actual.logits = actual.logits**2
        return actual

    model.forward = squared
    with pytest.raises(UserError, match="type granite are not supported yet"):
        check_output_layer(model)
