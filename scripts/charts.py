#!/usr/bin/env python3
"""Draws the charts of docs/benchmarks.md from the JSON that `litopys bench --json FILE` writes, and prints its table.

Usage: scripts/charts.py FIGURES.json docs/benchmarks
"""

import html
import json
import pathlib
import sys

WIDTH, BAR, GAP, LEFT, RIGHT, TOP = 860, 18, 10, 330, 150, 56
INK, PALE, GOOD, SHORT, MARK = "#1f2933", "#e4e7eb", "#2f855a", "#c05621", "#1a365d"
COLOURS = {"SQLite": "#2b6cb0", "PostgreSQL": "#805ad5"}


def text(x, y, words, anchor="start", size=12, weight="normal"):
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" font-size="{size}" font-weight="{weight}" fill="{INK}">'
        f"{html.escape(words)}</text>"
    )


def picture(height, title, parts):
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" height="{height:.0f}" '
        f'font-family="sans-serif" role="img" aria-label="{html.escape(title)}">'
    )
    ground = f'<rect width="{WIDTH}" height="{height:.0f}" fill="#ffffff"/>'
    return "\n".join([head, ground, text(16, 26, title, size=16, weight="bold"), *parts, "</svg>"]) + "\n"


def ratios(lines):
    """How far each wanted ratio is reached: the bar is what was measured, in parts of what is wanted."""
    rows = []
    for line in lines:
        ratio = line.get("ratio")
        if ratio and ratio["wanted"].startswith("≥"):
            wanted = float(ratio["wanted"][1:])
            rows.append((line["name"], ratio["ratio"] / wanted, f"{ratio['ratio']:.2f} of {ratio['wanted']}"))
        elif ratio and ratio["wanted"].startswith("≤"):
            wanted = float(ratio["wanted"][1:])
            rows.append((line["name"], wanted / ratio["ratio"], f"{ratio['ratio']:.2f} of {ratio['wanted']}"))
    scale = (WIDTH - LEFT - RIGHT) / 1.5
    parts = [text(16, 44, "1 = as wanted; bars end at 1.5")]
    y = TOP
    for name, part, words in rows:
        colour = GOOD if part >= 1 else SHORT
        parts.append(text(LEFT - 8, y + 13, name, "end"))
        parts.append(f'<rect x="{LEFT}" y="{y}" width="{WIDTH - LEFT - RIGHT}" height="{BAR}" fill="{PALE}"/>')
        parts.append(f'<rect x="{LEFT}" y="{y}" width="{min(part, 1.5) * scale:.1f}" height="{BAR}" fill="{colour}"/>')
        parts.append(text(WIDTH - RIGHT + 8, y + 13, words))
        y += BAR + GAP
    parts.append(f'<line x1="{LEFT + scale:.1f}" y1="{TOP - 4}" x2="{LEFT + scale:.1f}" y2="{y - GAP + 4}" stroke="{MARK}" stroke-width="2"/>')
    return picture(y + 8, "How far each ratio is reached", parts)


def paces(lines):
    """Commands per second over HTTP by connections, for each engine."""
    points = {}
    for line in lines:
        engine, _, rest = line["name"].partition(": single, ")
        if rest.endswith(" connections"):
            points.setdefault(engine, []).append((int(rest.split()[0]), line["median"], line["p99_µs"] / 1000))
    if not points:
        return None
    height, floor, roof = 360, 300, 70
    left, right = 80, WIDTH - 190
    counts = sorted({count for line in points.values() for count, *_ in line})
    most = max(pace for line in points.values() for _, pace, _ in line)
    step = 10 ** (len(str(int(most))) - 1)
    top = (int(most / step) + 1) * step

    def place(count, pace):
        x = left + (right - left) * counts.index(count) / max(1, len(counts) - 1)
        return x, floor - (floor - roof) * pace / top

    parts = [text(16, 44, "commands per second; the labels are the 99th percentile of the latency in ms")]
    for tick in range(0, int(top) + 1, int(step)):
        y = place(counts[0], tick)[1]
        parts.append(f'<line x1="{left}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}" stroke="{PALE}"/>')
        parts.append(text(left - 8, y + 4, f"{tick:,}", "end"))
    for count in counts:
        parts.append(text(place(count, 0)[0], floor + 20, str(count), "middle"))
    parts.append(text((left + right) / 2, floor + 42, "connections", "middle"))
    for number, (engine, line) in enumerate(points.items()):
        colour = COLOURS.get(engine, INK)
        way = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(count, pace) for count, pace, _ in line))
        parts.append(f'<polyline points="{way}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
        for count, pace, latency in line:
            x, y = place(count, pace)
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>')
            if number == 0:
                parts.append(text(x, y - 10, f"{latency:.0f}", "middle", 11))
            elif y + 20 < floor:
                parts.append(text(x, y + 20, f"{latency:.0f}", "middle", 11))
            else:
                # Below it stands the number of connections.
                parts.append(text(x + 10, y + 4, f"{latency:.0f}", "start", 11))
        parts.append(f'<rect x="{right + 30}" y="{roof + 24 * number}" width="14" height="14" fill="{colour}"/>')
        parts.append(text(right + 52, roof + 12 + 24 * number, engine))
    return picture(height, "Single commands over HTTP", parts)


def table(lines):
    """The figures as Markdown."""
    rows, section = [], None
    for line in lines:
        if line["section"] != section:
            section = line["section"]
            rows += ["", f"**{section}**", "", "| | median | spread | ratio | wanted |", "|---|--:|--:|--:|--:|"]
        median = f"{line['median']:,.0f}" if line["median"] >= 100 else f"{line['median']:.1f}"
        ratio = line.get("ratio")
        measured, wanted = (f"{ratio['ratio']:.2f} of {ratio['of']}", ratio["wanted"]) if ratio else ("", "")
        name = line["name"]
        if "p50_µs" in line:
            name += f" (p50 {line['p50_µs'] / 1000:.1f}, p99 {line['p99_µs'] / 1000:.1f}, p999 {line['p999_µs'] / 1000:.1f} ms)"
        spread = f"± {line['spread'] * 50:.0f} %" if len(line["rounds"]) > 1 else ""
        rows.append(f"| {name} | {median} {line['unit']} | {spread} | {measured} | {wanted} |")
    return "\n".join(rows).strip()


def main():
    figures, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    lines = json.loads(figures.read_text())["lines"]
    folder.mkdir(parents=True, exist_ok=True)
    for name, drawn in (("ratios", ratios(lines)), ("paces", paces(lines))):
        if drawn:
            (folder / f"{name}.svg").write_text(drawn)
    print(table(lines))


if __name__ == "__main__":
    main()
