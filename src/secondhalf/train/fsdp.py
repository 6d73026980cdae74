"""A model whose blocks lie in pieces on the processes of a team (FSDP2): each holds its share and borrows the rest in passing.

The embedding and the output layer stay whole on every process: their rows are looked up one by one, and a few at a time.
"""

from typing import Any

from secondhalf.models.weights.packing import unwrapped


def shard_model(model: Any) -> None:
    """Cuts the weights of every block, and those of the decoder beside them, in place; gradients are summed in float32."""
    import torch
    from torch.distributed.fsdp import MixedPrecisionPolicy, fully_shard

    decoder = unwrapped(model).get_decoder()
    policy = MixedPrecisionPolicy(reduce_dtype=torch.float32)
    for layer in decoder.layers:
        fully_shard(layer, mp_policy=policy)
    full_tensor = set(decoder.get_input_embeddings().parameters())
    fully_shard(decoder, mp_policy=policy, ignored_params=full_tensor)
    for module in (*decoder.layers, decoder):
        module.set_gradient_divide_factor(1.0)
        module.set_force_sum_reduction_for_comms(True)  # gloo knows no scaled sum


def is_sharded(tensor: Any) -> bool:
    """Whether a tensor lies in pieces."""
    return hasattr(tensor, "full_tensor")


def full_tensor(tensor: Any) -> Any:
    """The tensor in one piece; every process of the team has to ask for it."""
    return tensor.full_tensor() if is_sharded(tensor) else tensor


def distribute_like(tensor: Any, other: Any) -> Any:
    """The whole `tensor`, cut as `other` is."""
    if not is_sharded(other):
        return tensor
    from torch.distributed.tensor import distribute_tensor

    return distribute_tensor(tensor, other.device_mesh, other.placements)


def full_state_dict(model: Any) -> dict[str, Any] | None:
    """All weights in one piece, by name; None for a model that is not cut. Every process of the team has to ask."""
    state = model.state_dict()
    if not any(map(is_sharded, state.values())):
        return None
    return {name: full_tensor(tensor) for name, tensor in state.items()}
