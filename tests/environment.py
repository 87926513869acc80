"""The process's environment as a machine has it that has never seen relance."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

OURS = ("DAGSTER_HOME", "RELANCE_PROJECT", "RELANCE_ENVIRONMENT", "RELANCE_REPORTS_URL", "LILAS_ALERTS")
"""What runs read or set; the last is where the shop of the tests is told of failures."""


@contextmanager
def untouched_environment() -> Iterator[None]:
    """Take out what is ours, and put back what was there."""
    before = {name: os.environ.pop(name, None) for name in OURS}
    yield
    for name in OURS:
        os.environ.pop(name, None)
    os.environ |= {name: value for name, value in before.items() if value is not None}
