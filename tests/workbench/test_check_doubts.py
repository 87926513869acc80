"""What `relance check` doubts of windows and alerts: each would go wrong in silence."""

from pathlib import Path

import pytest

from pipelines.workbench.check import check
from tests.assets.small_shop import FILES, write, write_shop

NAMED = "LILAS_ALERTS"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(NAMED, "https://alerts.example")
    return write_shop(tmp_path).root


def doubts(root: Path) -> list[str]:
    return [str(problem) for problem in check(root) if "has no goal" not in problem.text]


def test_a_window_as_long_as_the_time_between_two_passes_is_seen(root: Path) -> None:
    write(root, "scenarios/welcome.yaml", FILES["scenarios/welcome.yaml"].replace('to: "20:00"', 'to: "09:15"'))
    assert doubts(root) == []


def test_a_webhook_that_is_named_and_not_set_is_a_warning(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert doubts(root) == []
    monkeypatch.delenv(NAMED)
    line = (root / "relance.toml").read_text(encoding="utf-8").splitlines().index('webhook_env = "LILAS_ALERTS"') + 1
    assert doubts(root) == [
        f"relance.toml:{line}: warning: alerts.webhook_env names `LILAS_ALERTS`, which is not set here: no alert would be posted\n"
        "  hint: set LILAS_ALERTS where the schedule runs"
    ]
