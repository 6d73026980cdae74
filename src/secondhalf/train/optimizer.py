"""AdamW on float32 copies of what is trained: updates are far smaller than bf16 can add to a weight."""

from typing import Any

from secondhalf.train.distributed import ProcessGroup
from secondhalf.train.fsdp import distribute_like, full_tensor, is_sharded
from secondhalf.train.settings import TrainSettings


class MasterWeightAdamW:
    """The trainable weights of a model, their float32 copies, and the optimizer's moments."""

    def __init__(self, model: Any, settings: TrainSettings, team: ProcessGroup) -> None:
        import torch

        trained = [(name, weight) for name, weight in model.named_parameters() if weight.requires_grad]
        self.names, self.weights = [name for name, _ in trained], [weight for _, weight in trained]
        # Of a float32 weight the copy is the weight itself.
        self._masters = [torch.nn.Parameter(weight.detach().float()) for weight in self.weights]
        # Pieces and whole tensors do not go into one call together.
        together = None if not any(map(is_sharded, self._masters)) else False
        self._optimizer: Any = torch.optim.AdamW(
            self._masters, lr=settings.learning_rate, weight_decay=settings.weight_decay, foreach=together
        )
        self._clip, self._team = settings.clip, team

    def step(self, rate: float) -> None:
        """Takes the gradients that the weights hold, summed over the processes, clipped, at this learning rate."""
        import torch

        for weight, master in zip(self.weights, self._masters, strict=True):
            master.grad = torch.zeros_like(master) if weight.grad is None else weight.grad.float()
            weight.grad = None
        pieces: list[Any] = []
        others: list[Any] = []
        for master in self._masters:
            (pieces if is_sharded(master) else others).append(master)
        self._team.sum([master.grad for master in others])  # what lies in pieces was summed on the way back
        if pieces:
            norms = [
                full_tensor(torch.nn.utils.get_total_norm([master.grad for master in some]))
                for some in (pieces, others)
                if some
            ]
            norm = torch.stack(norms).norm()
            for some in (pieces, others):
                torch.nn.utils.clip_grads_with_norm_(some, self._clip, norm, foreach=False)
        else:
            torch.nn.utils.clip_grad_norm_(self._masters, self._clip)
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        self._optimizer.step()
        for master in self._masters:
            master.grad = None
        self._copy()

    def state(self) -> dict[str, Any]:
        """What a checkpoint holds: a copy and two moments a weight, by name. Every process of a team has to ask."""
        tensors: dict[str, Any] = {}
        for name, master in zip(self.names, self._masters, strict=True):
            held = self._optimizer.state[master]
            parts = {"weight": master.detach(), "first": held["exp_avg"], "second": held["exp_avg_sq"]}
            tensors |= {f"{part} {name}": full_tensor(tensor) for part, tensor in parts.items()}
        return tensors

    def restore(self, tensors: dict[str, Any], step: int) -> None:
        """Goes on from the state after `step` steps."""
        import torch

        with torch.no_grad():
            for name, master in zip(self.names, self._masters, strict=True):
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
        self._copy()

    def _copy(self) -> None:
        import torch

        with torch.no_grad():
            for weight, master in zip(self.weights, self._masters, strict=True):
                weight.copy_(master)
