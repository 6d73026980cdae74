"""The processes that train one arm together: one, or several (launch.py starts them).

Each takes its share of a step's batches, and the gradients are summed in float32: the same sum as in one process, in
another order. Every process holds the whole model; what is written is written by the first.
"""

import os
from collections.abc import Sequence
from typing import Any, TypeVar

T = TypeVar("T")


class ProcessGroup:
    """One process of the team; of a team of one nothing is asked of Accelerate."""

    def __init__(self) -> None:
        self._accelerator: Any = None
        if int(os.environ.get("WORLD_SIZE", "1")) > 1:
            import torch
            from accelerate import Accelerator

            self._accelerator = Accelerator(cpu=not torch.cuda.is_available())

    @property
    def first(self) -> bool:
        """Whether this process writes and tells."""
        return self._accelerator is None or bool(self._accelerator.is_main_process)

    def mine(self, batches: Sequence[T]) -> Sequence[T]:
        """This process's share."""
        if self._accelerator is None:
            return batches
        return batches[self._accelerator.process_index :: self._accelerator.num_processes]

    def sum(self, tensors: Sequence[Any]) -> None:
        """Sums each tensor over the processes, in place."""
        if self._accelerator is None or not tensors:
            return
        import torch
        from accelerate.utils import reduce

        # One message for all of them: a message a weight would cost more than the sums.
        flat = reduce(torch.cat([tensor.reshape(-1) for tensor in tensors]), reduction="sum")
        for tensor, part in zip(tensors, flat.split([tensor.numel() for tensor in tensors]), strict=True):
            tensor.copy_(part.view_as(tensor))

    def passes(self, batches: Sequence[T]) -> int:
        """How many batches the busiest process has."""
        return len(batches[:: 1 if self._accelerator is None else self._accelerator.num_processes])

    def total(self, *values: float) -> list[float]:
        """Sums numbers over the processes."""
        if self._accelerator is None:
            return list(values)
        import torch

        held = torch.tensor(values, dtype=torch.float64, device=self._accelerator.device)
        self.sum([held])
        return [float(value) for value in held]

    def leave(self) -> None:
        """Ends the connection to the others."""
        if self._accelerator is not None:
            import torch

            torch.distributed.destroy_process_group()

    def wait(self) -> None:
        """Until every process has come here."""
        if self._accelerator is not None:
            self._accelerator.wait_for_everyone()
