"""What a piece of work costs this process: processor seconds, wall seconds, and the most memory it ever had."""

import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Cost:
    """Seconds of processor and wall clock; megabytes of the process at its largest so far."""

    cpu: float = 0.0
    wall: float = 0.0
    peak_mb: float = 0.0


@contextmanager
def cost() -> Iterator[Cost]:
    """Measure what happens inside the block."""
    found, cpu, wall = Cost(), _cpu(), time.perf_counter()
    yield found
    found.cpu, found.wall = _cpu() - cpu, time.perf_counter() - wall
    found.peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
