"""The report of a tick as one page without any outside request: for a phone, a screen or paper."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipelines.results.answers import HOW_COUNTED
from pipelines.results.report import Report, ScenarioReport
from pipelines.results.words import aim_words, since_words, state_words, words
from pipelines.settings import ProjectSettings
from pipelines.ticks import local_time

HERE = Path(__file__).parent
THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"


def report_page(report: Report, project: ProjectSettings) -> str:
    """Return the page as HTML, with times of the project's zone and amounts in its currency."""
    return _environment().get_template("page.html.j2").render(report=report, totals=report.totals, project=project, how_counted=HOW_COUNTED)


def index_page(ticks: list[tuple[str, str]], project: ProjectSettings) -> str:
    """Return the list of reports as HTML, from (file name, words)."""
    return _environment().get_template("index.html.j2").render(ticks=ticks, project=project)


@cache
def _environment() -> Environment:
    environment = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(
        words=words, state=state_words, aim=aim_words, since=since_words, number=_number, percent=_percent, points=_points, amount=_amount, change=_change,
        local=local_time, spark=_spark, shares=_shares,
    )  # fmt: skip
    return environment


def _number(value: float) -> str:
    return f"{value:,.0f}".replace(",", THIN_SPACE)


def _percent(value: float) -> str:
    return f"{value * 100:.1f}{THIN_SPACE}%"


def _points(value: float) -> str:
    return f"{value * 100:+.1f}".replace("-", "−")


def _amount(value: float) -> str:
    return f"{value:,.2f}".replace(",", THIN_SPACE).replace("-", "−")


def _change(value: float) -> str:
    return f"{value:+,.2f}".replace(",", THIN_SPACE).replace("-", "−")


def _spark(numbers: tuple[int, ...], width: int = 96, height: int = 22) -> str:
    """Return the points of a line through *numbers*, for an SVG of that size."""
    low, high = min(numbers), max(numbers)
    step = width / max(len(numbers) - 1, 1)
    scale = (height - 4) / (high - low) if high > low else 0
    return " ".join(f"{place * step:.1f},{height - 2 - (number - low) * scale:.1f}" for place, number in enumerate(numbers))


def _shares(scenario: ScenarioReport) -> list[tuple[str, str, float]]:
    """Return (class, words, width in percent) of the bar that cuts what was due into what became of it."""
    parts = [
        ("accepted", "handed over", scenario.accepted), ("unknown", "unknown", scenario.unknown), ("waits", "to send", scenario.to_send),
        ("held", "held", sum(count.number for count in scenario.held)), ("dropped", "dropped", sum(count.number for count in scenario.dropped)),
    ]  # fmt: skip
    return [(kind, f"{_number(number)} {said}", 100 * number / scenario.due) for kind, said, number in parts if number]
