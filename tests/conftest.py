"""What every test runs under: the same examples each time, and nothing that leaves this machine."""

import gc
import os

import hypothesis
import pytest

hypothesis.settings.register_profile("steady", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("steady")
os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
os.environ.pop("DAGSTER_HOME", None)

LONGEST_FIRST = ("end_to_end", "chaos", "workbench", "journeys", "cli", "assets")
"""Folders whose files take long: begun first, they leave short ones for the end, and no core waits for the last."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    ranks = {name: rank for rank, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: ranks.get(item.path.parent.name, len(ranks)))


def pytest_collection_finish() -> None:
    """What is imported by now stays to the end: the collector of cycles need not walk through it again and again, a thirtieth of all time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def pytest_sessionfinish() -> None:
    gc.unfreeze()
