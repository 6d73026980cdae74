"""What training takes: against speeds and peaks that were measured, and against a real small training."""

import subprocess
import sys
from pathlib import Path

import pytest

from secondhalf.models.weights.size import Size, size_of
from secondhalf.train.resources.device import Device, find_device
from secondhalf.train.resources.estimate import METHODS, estimate_resources
from secondhalf.train.settings import TrainSettings

TWO_CORES = Device("2 cores", 24e9, 2 * 77e9, False)
WITHOUT_BF16 = Device("2 cores without bf16", 24e9, 77e9, False)
SMOLLM2, GEMMA = "hf:HuggingFaceTB/SmolLM2-135M@main", "hf:google/gemma-3-270m@main"


def known_size(reference: str) -> Size:
    size = size_of(reference)
    assert size is not None
    return size


# Two EPYC cores; a GPU's row is torchtune's for Llama-3.1-8B, which has Llama 3's shape.
@pytest.mark.parametrize(
    ("student", "device", "tokens_per_second"),
    [
        (SMOLLM2, TWO_CORES, 325),
        (SMOLLM2, WITHOUT_BF16, 166),
        (GEMMA, TWO_CORES, 127),
        (GEMMA, TWO_CORES, 223),
        ("hf:meta-llama/Meta-Llama-3-8B@main", "A6000", 4699),
    ],
)
def test_speed_is_right_to_a_factor_of_two(student: str, device: Device | str, tokens_per_second: float) -> None:
    device = find_device(device) if isinstance(device, str) else device
    assert (
        0.5
        < 1
        / estimate_resources(known_size(student), TrainSettings(), "lora", device).seconds_per_token
        / tokens_per_second
        < 2
    )


# VmHWM of a process that trained it: packed batches of 512 tokens, LoRA of rank 16, bf16.
@pytest.mark.parametrize(("student", "peak"), [(GEMMA, 2.27e9), (SMOLLM2, 1.57e9)])
def test_memory_is_right_to_a_factor_of_two(student: str, peak: float) -> None:
    assert 0.5 < estimate_resources(known_size(student), TrainSettings(), "lora", TWO_CORES).memory / peak < 2


def test_methods_stand_in_their_order() -> None:
    llama = known_size("hf:meta-llama/Meta-Llama-3-8B@main")
    estimates = {method: estimate_resources(llama, TrainSettings(), method, find_device("H100")) for method in METHODS}
    assert estimates["qlora"].memory < estimates["lora"].memory < estimates["dora"].memory < estimates["full"].memory
    assert all(estimate.checkpointed_memory < estimate.memory for estimate in estimates.values())
    assert estimates["lora"].seconds_per_token < estimates["full"].seconds_per_token
    longer = estimate_resources(llama, TrainSettings(), "lora", find_device("H100"), longest=2048)
    assert longer.memory > estimates["lora"].memory


REAL = """
import random, sys
from pathlib import Path
import torch
from transformers import LlamaConfig, LlamaForCausalLM
from secondhalf.train.settings import TrainSettings
from secondhalf.train.method import make_trainable
from secondhalf.train.trainer import train_model

torch.manual_seed(0)
config = LlamaConfig(vocab_size=32000, hidden_size=512, intermediate_size=1408, num_hidden_layers=4,
                     num_attention_heads=8, num_key_value_heads=4, tie_word_embeddings=True)
model = LlamaForCausalLM(config).to(torch.bfloat16)
settings = TrainSettings(tokens_per_step=512)
tokens = [random.Random(1).randrange(32000) for _ in range(512)]
train_model(make_trainable(model, settings, 1, []), [(tokens, [-100] * 256 + tokens[256:])], [], settings, 1, Path(sys.argv[1]), "x")
print(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
"""


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
def test_memory_of_a_real_training(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    process = subprocess.run([sys.executable, "-c", REAL, str(tmp_path)], capture_output=True, text=True, check=True)
    peak = int(process.stdout.split()[-1]) * 1024
    size = Size(layers=4, width=512, inner=1408, heads=8, key_heads=4, head=64, vocabulary=32000, tied=True)
    assert 0.5 < estimate_resources(size, TrainSettings(), "lora", TWO_CORES).memory / peak < 2
