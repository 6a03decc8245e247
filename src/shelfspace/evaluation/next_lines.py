"""What a benchmark of what comes next rests on, and what else it found, in words."""

from __future__ import annotations

from collections.abc import Sequence

from shelfspace.evaluation.bench_result import BenchResult

_PARTS = {"transitions": "transitions", "session_neighbours": "session neighbours", "sequence": "transformer"}


def next_lines(result: BenchResult) -> list[str]:
    """The lines below the table of figures."""
    data = result.data
    kept = (
        "may come again"
        if data["repeats_kept"]
        else "are not recommended again (validation shows no repeats)"
    )
    lines = [
        f"{data['users']:,.0f} histories of {data['items']:,.0f} items, {result.n_train:,} events to "
        "learn from; "
        f"asked {data['asked']:,.0f} times, the whole catalogue ranked; items already taken {kept}.",
    ]
    for name, words in _PARTS.items():
        if f"{name}_hr@20" in data:
            weight = data.get(f"weight_{name}", 0.0)
            figures = _figures(data, [f"{name}_{key}" for key in ("hr@10", "ndcg@10", "hr@20", "mrr@20")])
            lines.append(f"The {words} alone, {weight:.2f} of the mixture: {figures}.")
    return [*lines, *_rare(data), *_new(data)]


def _rare(data: dict[str, float]) -> list[str]:
    lines = []
    for most in (3, 5):
        if not data.get(f"asked_rare_{most}"):
            continue
        line = f"Products with at most {most} events ({data[f'asked_rare_{most}']:,.0f} asked): hr@10 "
        line += f"{data[f'hr@10_rare_{most}']:.4f}"
        aided = f"hr@10_rare_{most}_attributes"
        lines.append(line + (f", with attributes {data[aided]:.4f}." if aided in data else "."))
    if "hr@10_attributes" in data:
        lines.append(
            f"All products with attributes: {_figures(data, ['hr@10_attributes', 'ndcg@10_attributes'])}."
        )
    return lines


def _new(data: dict[str, float]) -> list[str]:
    lines = []
    if "hr@10_last_1" in data:
        lines.append(
            f"Users known by their last event alone: hr@10 {data['hr@10_last_1']:.4f}, by the last two: "
            f"{data['hr@10_last_2']:.4f}."
        )
    if "hr@20_up_to_1" in data:
        lines.append(
            f"After one event: hr@20 {data['hr@20_up_to_1']:.4f}, after two at most: "
            f"{data['hr@20_up_to_2']:.4f}."
        )
    if "hr@10_valid_added" in data:
        lines.append(
            "Another protocol, the closed forms knowing the validation items too: "
            f"{_figures(data, ['hr@10_valid_added', 'ndcg@10_valid_added'])}."
        )
    return lines


def _figures(data: dict[str, float], keys: Sequence[str]) -> str:
    """hr@10 0.1021, ndcg@10 0.0615: whatever stands around the figure's name is left out."""
    return ", ".join(f"{_bare(key)} {data[key]:.4f}" for key in keys)


def _bare(key: str) -> str:
    return next(part for part in key.split("_") if "@" in part)
