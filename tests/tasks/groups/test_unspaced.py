from __future__ import annotations

import random

from shelfspace.tasks.groups.unspaced import Lexicon


def runs(n: int = 400, seed: int = 0) -> tuple[list[str], list[list[str]]]:
    """Runs made of four of twelve words, without a space between them."""
    words = [
        "连衣裙",
        "新款",
        "夏季",
        "宽松",
        "长袖",
        "儿童",
        "运动鞋",
        "防水",
        "背包",
        "毛衣",
        "韩版",
        "加厚",
    ]
    rng = random.Random(seed)
    parts = [rng.sample(words, 4) for _ in range(n)]
    return ["".join(part) for part in parts], parts


def test_planted_words_are_found_and_cut() -> None:
    joined, parts = runs()
    lexicon = Lexicon.of_runs(joined)
    right = sum(lexicon.cut(run) == part for run, part in zip(joined, parts, strict=True))
    assert right > 0.95 * len(parts)


def test_what_is_unknown_stays_together() -> None:
    lexicon = Lexicon({"背包": -1.0})
    assert lexicon.cut("羚跑背包男") == ["羚跑", "背包", "男"]
    assert lexicon.cut("羚跑") == ["羚跑"]
    assert lexicon.cut("") == []


def test_a_run_that_stands_alone_twice_is_a_word() -> None:
    assert Lexicon.of_runs(["図書館", "図書館", "本"]).cut("図書館本") == ["図書館", "本"]
    assert Lexicon.of_runs([]).words == {}
