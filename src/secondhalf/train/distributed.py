"""The processes that train one arm together: one, or several that launch.py starts, or cluster/ on other
machines (data parallelism).

Each takes its share of a step's batches, and the gradients are summed in float32: the same sum as in one process, in
another order. Every process holds the whole model, unless FSDP shards it; what is written is written by the main process.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import torch
    from accelerate import Accelerator

T = TypeVar("T")


class ProcessGroup:
    """The group as one of its processes sees it, over Accelerate; a group of one does not need Accelerate."""

    def __init__(self) -> None:
        self._accelerator: Accelerator | None = None
        if int(os.environ.get("WORLD_SIZE", "1")) > 1:
            import torch
            from accelerate import Accelerator

            self._accelerator = Accelerator(cpu=not torch.cuda.is_available())

    @property
    def is_main_process(self) -> bool:
        """Whether this process writes files and messages."""
        return self._accelerator is None or bool(self._accelerator.is_main_process)

    def split_between_processes(self, batches: Sequence[T]) -> Sequence[T]:
        """This process's share of the batches: every n-th of n processes'."""
        if self._accelerator is None:
            return batches
        return batches[self._accelerator.process_index :: self._accelerator.num_processes]

    def largest_share(self, batches: Sequence[T]) -> int:
        """How many batches the process with the most of them has."""
        return len(batches[:: 1 if self._accelerator is None else self._accelerator.num_processes])

    def all_reduce(self, tensors: Sequence[torch.Tensor]) -> None:
        """Sums each tensor over the processes, in place."""
        if self._accelerator is None or not tensors:
            return
        import torch
        from accelerate.utils import reduce

        # One message for all of them: a message a weight would cost more than the sums.
        flat = reduce(torch.cat([tensor.reshape(-1) for tensor in tensors]), reduction="sum")
        for tensor, part in zip(tensors, flat.split([tensor.numel() for tensor in tensors]), strict=True):
            tensor.copy_(part.view_as(tensor))

    def all_reduce_numbers(self, *numbers: float) -> list[float]:
        """Sums each number over the processes, in float64."""
        if self._accelerator is None:
            return list(numbers)
        import torch

        sums = torch.tensor(numbers, dtype=torch.float64, device=self._accelerator.device)
        self.all_reduce([sums])
        return [float(number) for number in sums]

    def wait_for_everyone(self) -> None:
        """Returns when every process has come here."""
        if self._accelerator is not None:
            self._accelerator.wait_for_everyone()

    def destroy(self) -> None:
        """Ends the connection to the other processes."""
        if self._accelerator is not None:
            import torch

            torch.distributed.destroy_process_group()
