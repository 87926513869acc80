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


ELSEWHERE = ("has no goal", "no scenario gives the offer")
"""What the shop has for other tests."""


def doubts(root: Path) -> list[str]:
    return [str(problem) for problem in check(root) if not any(words in problem.text for words in ELSEWHERE)]


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


@pytest.mark.parametrize(("status", "severity"), [("live", ""), ("draft", "warning: ")])
def test_a_marketing_sms_without_a_way_to_stop_them_is_wrong_where_it_goes_out(root: Path, status: str, severity: str) -> None:
    write(root, "relance.toml", FILES["relance.toml"].replace('channels = ["email"]', 'channels = ["email", "sms"]'))
    write(
        root,
        "scenarios/welcome.yaml",
        FILES["scenarios/welcome.yaml"].replace("- send: hello\n", "- send: hello\n    via: [sms, email]\n").replace("status: live", f"status: {status}"),
    )
    write(root, "scenarios/messages/hello/sms.txt.j2", "Hello {{ contact.first_name }}\n")
    assert doubts(root) == [
        f"scenarios/messages/hello/sms.txt.j2: {severity}is marketing, and says no way to stop it\n  hint: end it with a line such as `Reply STOP to opt out`"
    ]
    write(root, "scenarios/messages/hello/sms.txt.j2", "Hello {{ contact.first_name }}. STOP 36111\n")
    assert doubts(root) == []


def test_a_sender_whose_key_is_not_set_is_a_warning(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    carrier = 'kind = "http_email"\nprovider = "brevo"\napi_key_env = "LILAS_KEY"\n'
    text = FILES["relance.toml"].replace('kind = "files"\nchannels = ["email"]\n', carrier)
    write(root, "relance.toml", text)
    line = text.splitlines().index('api_key_env = "LILAS_KEY"') + 1
    assert doubts(root) == [
        f"relance.toml:{line}: warning: sender `outgoing` names `LILAS_KEY` as its api_key_env, which is not set here: its messages would wait\n"
        "  hint: set LILAS_KEY where the schedule runs"
    ]
    monkeypatch.setenv("LILAS_KEY", "x")
    assert doubts(root) == []
