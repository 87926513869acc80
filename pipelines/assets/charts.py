"""Small charts as pictures inside markdown: SVG written by hand, a data URI, no library and no request to anywhere."""

import base64
from collections.abc import Sequence
from html import escape

WIDTH, HEIGHT, LEFT, BOTTOM = 560, 150, 46, 18
COLORS = {
    "sent": "#2f7d5b", "to_send": "#2f7d5b", "held": "#d9a441", "dropped": "#b8bcc4",
}  # fmt: skip
SHADES = ("#2f5d7d", "#d9a441", "#8c6bb1", "#c0563f", "#7a8793", "#b8bcc4", "#4f9d9d", "#a3763d")


def bars(labels: Sequence[str], series: Sequence[tuple[str, Sequence[int]]], title: str) -> str:
    """
    Return markdown with one stacked bar per label: each of *series* is a name and one number per label.

    Numbers stand on the scale at the left, the first and the last label below.
    """
    totals = [sum(values[place] for _, values in series) for place in range(len(labels))]
    top = max([*totals, 1])
    step = (WIDTH - LEFT) / max(len(labels), 1)
    shapes = [shape for place in range(len(labels)) for shape in _bar(place, step, top, series)]
    return _picture(title, [*shapes, *_axis(labels, top), *_legend(series)])


def _bar(place: int, step: float, top: int, series: Sequence[tuple[str, Sequence[int]]]) -> list[str]:
    shapes, below = [], 0
    for number, (name, values) in enumerate(series):
        tall, base = _scaled(values[place], top), _scaled(below, top)
        below += values[place]
        if values[place]:
            x, y, width = LEFT + place * step, HEIGHT - BOTTOM - base - tall, max(step * 0.78, 1)
            shapes.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{tall:.1f}" fill="{_color(name, number)}"/>')
    return shapes


def _scaled(value: int, top: int) -> float:
    return value / top * (HEIGHT - BOTTOM - 22)


def _axis(labels: Sequence[str], top: int) -> list[str]:
    floor = HEIGHT - BOTTOM
    ends = [(LEFT, "start", labels[0]), (WIDTH, "end", labels[-1])] if len(labels) > 1 else [(LEFT, "start", label) for label in labels]
    return [
        f'<line x1="{LEFT}" y1="{floor}" x2="{WIDTH}" y2="{floor}" stroke="#8a8f98"/>',
        _text(LEFT - 6, 26, f"{top:,}", "end"),
        _text(LEFT - 6, floor, "0", "end"),
        *(_text(x, HEIGHT - 4, label, anchor) for x, anchor, label in ends),
    ]


def _legend(series: Sequence[tuple[str, Sequence[int]]]) -> list[str]:
    if len(series) < 2:
        return []
    shapes, x = [], float(LEFT)
    for number, (name, values) in enumerate(series):
        words = f"{name} {sum(values):,}"
        shapes += [f'<rect x="{x:.0f}" y="3" width="9" height="9" fill="{_color(name, number)}"/>', _text(x + 13, 11, words, "start")]
        x += 26 + 6.2 * len(words)
    return shapes


def _color(name: str, number: int) -> str:
    return COLORS.get(name, SHADES[number % len(SHADES)])


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x:.0f}" y="{y}" text-anchor="{anchor}">{escape(words)}</text>'


def _picture(title: str, shapes: list[str]) -> str:
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH + 8} {HEIGHT}" width="{WIDTH + 8}" height="{HEIGHT}"'
        f' font-family="sans-serif" font-size="11" fill="#5c636e"><title>{escape(title)}</title>{"".join(shapes)}</svg>'
    )
    return f"![{escape(title)}](data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()})"
