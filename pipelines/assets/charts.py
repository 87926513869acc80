"""
Small charts as pictures inside markdown: SVG written by hand, a data URI, no library and no request to anywhere.

Dagster shows markdown of less than 1,000 characters at once and hides the rest behind a click, so every character counts.
"""

from collections.abc import Sequence
from html import escape

LEFT, WIDTH, TOP, FLOOR = 40, 420, 16, 84
COLORS = {"sent": "seagreen", "to_send": "seagreen", "members": "steelblue", "entered": "seagreen", "held": "orange", "waiting": "orange"}
OTHERS = ("silver", "tomato", "plum", "peru", "gray", "teal", "khaki", "navy")
Series = Sequence[tuple[str, Sequence[int]]]
"""Names, each with one number per bar."""


def bars(labels: Sequence[str], series: Series, title: str) -> str:
    """Return markdown with one bar per label, the *series* stacked; the largest bar's number, first and last label stand beside."""
    totals = [sum(values) for values in zip(*(values for _, values in series), strict=True)]
    top, step = max([*totals, 1]), (WIDTH - LEFT) / max(len(labels), 1)
    colors = _colors([name for name, _ in series])
    stacked = [_path(series, place, step, top, colors[name]) for place, (name, values) in enumerate(series) if any(values)]
    ends = [_text(place, 98, label) for place, label in zip((LEFT, WIDTH - 36), dict.fromkeys((*labels[:1], *labels[-1:])), strict=False)]
    shapes = "".join([*stacked, _text(0, TOP + 8, f"{top:,}"), *ends, *_legend(series, colors)])
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' width='{WIDTH}' height='100' font-size='11' fill='gray'>{shapes}</svg>"
    return f"![{title}](<data:image/svg+xml,{svg.replace('<', '%3C').replace('>', '%3E')}>)"


def _path(series: Series, place: int, step: float, top: int, color: str) -> str:
    """Return the bars of one series as one line that lifts its pen between them."""
    strokes = []
    for bar, value in enumerate(series[place][1]):
        below = sum(values[bar] for _, values in series[:place])
        if value:
            strokes.append(f"M{LEFT + (bar + 0.5) * step:.0f} {_height(below, top)}V{min(_height(below + value, top), _height(below, top) - 1)}")
    return f"<path d='{''.join(strokes)}' stroke='{color}' stroke-width='{max(step * 0.8, 1):.0f}'/>"


def _height(value: int, top: int) -> int:
    return round(FLOOR - value / top * (FLOOR - TOP))


def _legend(series: Series, colors: dict[str, str]) -> list[str]:
    if len(series) < 2:
        return []
    named = "".join(f"<tspan fill='{colors[name]}'>■</tspan> {escape(name)} {sum(values):,} " for name, values in series)
    return [f"<text x='{LEFT}' y='10'>{named}</text>"]


def _text(x: int, y: int, words: str) -> str:
    return f"<text x='{x}' y='{y}'>{escape(words)}</text>"


def _colors(names: Sequence[str]) -> dict[str, str]:
    spare = iter(OTHERS * (len(names) // len(OTHERS) + 1))
    return {name: COLORS.get(name) or next(spare) for name in names}
