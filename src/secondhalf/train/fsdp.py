"""A model whose blocks are sharded over the processes of a group (PyTorch's FSDP2): each holds its part of every weight
and gathers the rest in passing.

The embedding and the output layer stay whole on every process: their rows are looked up one by one, and a few at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from secondhalf.models.weights.packing import unwrapped

if TYPE_CHECKING:
    import torch


def shard_model(model: torch.nn.Module) -> None:
    """Shards the weights of every block, and those of the decoder beside them, in place; gradients are summed in float32."""
    import torch
    from torch.distributed.fsdp import MixedPrecisionPolicy, fully_shard

    decoder = unwrapped(model).get_decoder()
    policy = MixedPrecisionPolicy(reduce_dtype=torch.float32)
    for layer in decoder.layers:
        fully_shard(layer, mp_policy=policy)
    embedding = set(decoder.get_input_embeddings().parameters())
    fully_shard(decoder, mp_policy=policy, ignored_params=embedding)
    for module in (*decoder.layers, decoder):
        module.set_gradient_divide_factor(1.0)
        module.set_force_sum_reduction_for_comms(True)  # gloo knows no scaled sum


def is_sharded(tensor: torch.Tensor) -> bool:
    """Whether a tensor is a DTensor, of which this process holds a part."""
    return hasattr(tensor, "full_tensor")


def full_tensor(tensor: torch.Tensor) -> torch.Tensor:
    """The tensor in one piece; every process of the group has to call it."""
    return tensor.full_tensor() if is_sharded(tensor) else tensor


def distribute_like(tensor: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """The whole `tensor`, sharded as `other` is."""
    if not is_sharded(other):
        return tensor
    from torch.distributed.tensor import distribute_tensor

    return distribute_tensor(tensor, other.device_mesh, other.placements)


def full_state_dict(model: torch.nn.Module) -> dict[str, torch.Tensor] | None:
    """All weights in one piece, by name; None for a model that is not sharded. Every process of the group has to call it."""
    state_dict = model.state_dict()
    if not any(map(is_sharded, state_dict.values())):
        return None
    return {name: full_tensor(tensor) for name, tensor in state_dict.items()}
