"""The report of a tick as one page without any outside request: for a phone, a screen or paper."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipelines.results.report import Report, ScenarioReport

HERE = Path(__file__).parent
WORDS = {
    "no_consent": "no consent", "suppressed": "unsubscribed, bounced or complained", "unreachable": "no address", "capped": "cap reached",
    "lower_priority": "a more important message went", "quiet_hours": "waits for its window", "not_yet": "waits for its hour",
    "expired": "too late", "exited_before_send": "left the scenario first", "holdout": "holdout", "not_sent": "run without sending",
    "stale_source": "source is late", "scenario_paused": "scenario paused", "guard_tripped": "guard", "invalid_content": "template failed",
    "sender_quota": "sender's quota", "refused": "refused by the provider", "already_entered": "already entered", "still_in": "still in it",
    "cooldown": "entered lately", "trigger_too_old": "trigger too old", "not_in_audience": "not in the audience",
    "goal_already_met": "goal already met", "exit_already_met": "exit already met", "unknown_contact": "unknown contact",
    "converted": "reached the goal", "goal_before_message": "reached the goal before any message", "exited": "left by a rule",
    "completed": "went to the end", "ejected": "scenario stopped",
}  # fmt: skip


def report_page(report: Report) -> str:
    """Return the page as HTML."""
    return _environment().get_template("page.html.j2").render(report=report, totals=report.totals)


def index_page(ticks: list[tuple[str, str]]) -> str:
    """Return the list of reports, newest first, from (file name, words)."""
    return _environment().get_template("index.html.j2").render(ticks=ticks)


@cache
def _environment() -> Environment:
    environment = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(words=_words, number=_number, percent=_percent, spark=_spark, shares=_shares)
    return environment


def _words(reason: str) -> str:
    return WORDS.get(reason, reason.replace("_", " "))


def _number(value: float) -> str:
    return f"{value:,.0f}".replace(",", " ")


def _percent(value: float) -> str:
    return f"{value * 100:.1f} %"


def _spark(numbers: tuple[int, ...], width: int = 96, height: int = 22) -> str:
    """Return the points of a line through *numbers*, for an SVG of that size."""
    low, high = min(numbers), max(numbers)
    step = width / max(len(numbers) - 1, 1)
    scale = (height - 4) / (high - low) if high > low else 0
    return " ".join(f"{place * step:.1f},{height - 2 - (number - low) * scale:.1f}" for place, number in enumerate(numbers))


def _shares(scenario: ScenarioReport) -> list[tuple[str, str, float, float]]:
    """Return (class, words, start, width) in percent of the bar that cuts what was due into what became of it."""
    parts = [
        ("accepted", "handed over", scenario.accepted), ("unknown", "unknown", scenario.unknown), ("waits", "to send", scenario.to_send),
        ("held", "held", sum(count.number for count in scenario.held)), ("dropped", "dropped", sum(count.number for count in scenario.dropped)),
    ]  # fmt: skip
    found, start = [], 0.0
    for kind, words, number in parts:
        width = 100 * number / scenario.due if scenario.due else 0.0
        if number:
            found.append((kind, f"{_number(number)} {words}", start, width))
        start += width
    return found
