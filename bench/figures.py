"""Quantiles, a table for people and a file for machines."""

import json
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).resolve().parent / "results"


def quantiles(seconds: Sequence[float]) -> dict[str, float]:
    """p50, p95 and p99 in milliseconds."""
    if not seconds:
        return {}
    ordered = sorted(seconds)
    return {
        f"p{share}": round(ordered[min(len(ordered) - 1, len(ordered) * share // 100)] * 1000, 1)
        for share in (50, 95, 99)
    }


def write(name: str, figures: Mapping[str, Any]) -> Path:
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps({"machine": machine(), **figures}, indent=1) + "\n")
    return path


def machine() -> dict[str, Any]:
    cpu = next(
        (line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), ""
    )
    memory = next(
        (int(line.split()[1]) // 1024 for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0
    )
    cores = sum(line.startswith("processor") for line in _lines("/proc/cpuinfo"))
    return {
        "cpu": cpu,
        "cores": cores,
        "memory MB": memory,
        "python": platform.python_version(),
        "system": platform.release(),
    }


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


def table(figures: Mapping[str, Mapping[str, Any]]) -> str:
    """One line for each figure, one column for each database."""
    names = list(dict.fromkeys(name for found in figures.values() for name in found))
    rows = [
        ["", *figures],
        *([name, *(_shown(found.get(name)) for found in figures.values())] for name in names),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return " / ".join(str(part) for part in value.values())
    return (
        f"{value:,.0f}" if isinstance(value, float) and value > 100 else str("-" if value is None else value)
    )
