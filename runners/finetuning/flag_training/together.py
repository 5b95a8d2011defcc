"""What processes that train together must not each decide for themselves."""

from typing import Any


def as_the_first(args: Any, *values: float) -> list[float]:
    """What the first process says, in every process; all must call it at the same point.

    Each has a clock of its own. What a clock decides (to log, to save, to stop) makes the processes wait for each other:
    two that decide otherwise would wait for ever, or take one's numbers for another's.
    """
    if args.world_size == 1:
        return list(values)
    import torch

    said = torch.tensor(values, dtype=torch.float64, device=args.device)
    torch.distributed.broadcast(said, src=0)
    return list(said.tolist())


def sum_of_all(args: Any, value: int) -> int:
    """The sum over the processes; all must call it at the same point."""
    if args.world_size == 1:
        return value
    import torch

    total = torch.tensor(value, device=args.device)
    torch.distributed.all_reduce(total)
    return int(total)
