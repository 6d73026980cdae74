"""AdamW on float32 master weights: updates are far smaller than bf16 can add to a weight."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from secondhalf.train.distributed import ProcessGroup
from secondhalf.train.fsdp import distribute_like, full_tensor, is_sharded
from secondhalf.train.settings import TrainSettings

if TYPE_CHECKING:
    import torch


class MasterWeightAdamW:
    """The trainable weights of a model, their float32 master copies, and AdamW's moments."""

    def __init__(self, model: torch.nn.Module, settings: TrainSettings, group: ProcessGroup) -> None:
        import torch

        self.weights = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
        """What is trained, by name, in the model's own precision."""
        # Of a float32 weight the copy is the weight itself.
        self._masters = {name: torch.nn.Parameter(weight.detach().float()) for name, weight in self.weights.items()}
        masters = list(self._masters.values())
        self._sharded = [master for master in masters if is_sharded(master)]
        self._whole = [master for master in masters if not is_sharded(master)]
        # Sharded and whole tensors do not go into one call together.
        foreach = False if self._sharded else None
        self._optimizer = torch.optim.AdamW(
            masters, lr=settings.learning_rate, weight_decay=settings.weight_decay, foreach=foreach
        )
        self._max_grad_norm, self._group = settings.clip, group

    def step(self, learning_rate: float) -> None:
        """Updates by the gradients that the weights hold, summed over the processes and clipped, and drops them."""
        import torch

        for name, master in self._masters.items():
            weight = self.weights[name]
            master.grad = torch.zeros_like(master) if weight.grad is None else weight.grad.float()
            weight.grad = None
        self._group.all_reduce([master.grad for master in self._whole])  # FSDP summed the others on the way back
        self._clip_gradients()
        for parameters in self._optimizer.param_groups:
            parameters["lr"] = learning_rate
        self._optimizer.step()
        for master in self._masters.values():
            master.grad = None
        self._update_weights()

    def _clip_gradients(self) -> None:
        import torch

        if not self._sharded:
            torch.nn.utils.clip_grad_norm_(self._whole, self._max_grad_norm)
            return
        kinds = [masters for masters in (self._sharded, self._whole) if masters]
        norms = [full_tensor(torch.nn.utils.get_total_norm([master.grad for master in masters])) for masters in kinds]
        norm = torch.stack(norms).norm()
        for masters in kinds:
            torch.nn.utils.clip_grads_with_norm_(masters, self._max_grad_norm, norm, foreach=False)

    def state_dict(self) -> dict[str, torch.Tensor]:
        """A checkpoint's tensors: "weight NAME", "first NAME" and "second NAME" for each weight, its master copy and moments.

        Every process of the group has to call it.
        """
        tensors: dict[str, torch.Tensor] = {}
        for name, master in self._masters.items():
            moments = self._optimizer.state[master]
            parts = {"weight": master.detach(), "first": moments["exp_avg"], "second": moments["exp_avg_sq"]}
            tensors |= {f"{part} {name}": full_tensor(tensor) for part, tensor in parts.items()}
        return tensors

    def load_state_dict(self, tensors: Mapping[str, torch.Tensor], step: int) -> None:
        """Goes on from the `state_dict` after `step` steps."""
        import torch

        with torch.no_grad():
            for name, master in self._masters.items():
                weight, first, second = (
                    distribute_like(tensors[f"{part} {name}"].clone().to(master.device), master)
                    for part in ("weight", "first", "second")
                )
                master.copy_(weight)
                self._optimizer.state[master] = {
                    "step": torch.tensor(float(step)),
                    "exp_avg": first,
                    "exp_avg_sq": second,
                }
        self._update_weights()

    def _update_weights(self) -> None:
        import torch

        with torch.no_grad():
            for name, weight in self.weights.items():
                weight.copy_(self._masters[name])
