import time
import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfspace.encoders.tokens import Kind, normalise, tokenize, word_hash


def hashes(text, kind=None, *, grams=True):
    tokens = tokenize([text], grams=grams)
    return {int(h) for h, k in zip(tokens.hash, tokens.kind, strict=True) if kind is None or k == kind}


def kinds(text):
    """The kinds of the words of a text, in order."""
    tokens = tokenize([text], grams=False)
    return [Kind(kind).name for kind in tokens.kind[tokens.kind != Kind.JOINED]]


def character_class(character):
    """Letter, digit, ideograph or space, said slowly."""
    point, category = ord(character), unicodedata.category(character)
    if 0xD800 <= point < 0xE000:
        return " "
    if point >= 1 << 16:
        return "i"
    if category[0] in "LM":
        blocks = ((0x0E00, 0x0F00), (0x3040, 0xA000), (0xF900, 0xFB00))
        return "i" if any(low <= point < high for low, high in blocks) else "l"
    return "d" if category == "Nd" else " "


def slow_words(text):
    """Start and end of each word: a run of letters and digits, or one ideograph."""
    classes = [character_class(character) for character in text]
    words, start = [], None
    for place, kind in enumerate([*classes, " "]):
        if start is not None and (kind in " i" or classes[start] == "i"):
            words.append((start, place))
            start = None
        if start is None and kind != " ":
            start = place
    return words


def slow_pieces(text):
    """Words, joined neighbours and n-grams with their n, said slowly."""
    words = slow_words(text)
    plain = [text[start:end] for start, end in words]
    joined = [
        one + other
        for one, other, (_, end), (start, _) in zip(plain, plain[1:], words, words[1:], strict=False)
        if start - end <= 3
    ]
    spaced = "".join(" " if character_class(c) == " " else c for c in f" {text} ")
    grams = []
    for length in (3, 4):
        for start, end in words:
            around = spaced[start : end + 2]
            starts = range(max(len(around) - length, 0) + 1)
            grams += [(length, around[i : i + length]) for i in starts]
    return plain, joined, grams


def shape(pieces):
    """Which of the pieces are equal, as numbers in order of first appearance."""
    seen = {}
    return [seen.setdefault(piece, len(seen)) for piece in pieces]


def parts(text):
    """The hashes of words, joined neighbours and n-grams in the order that they are made in."""
    tokens = tokenize([text])
    gram, joined = tokens.kind == Kind.GRAM, tokens.kind == Kind.JOINED
    return tokens.hash[~gram & ~joined], tokens.hash[joined], tokens.hash[gram]


any_text = st.text(alphabet=st.one_of(st.sampled_from("ab1 -2é中文のไทย😀"), st.characters()), max_size=40)


@settings(max_examples=300, deadline=None)
@given(any_text)
def test_tokens_are_those_of_a_slow_reference(text):
    words, joined, grams = slow_pieces(text)
    word_hashes, joined_hashes, gram_hashes = parts(text)
    everything = [*words, *joined]
    assert shape(everything) == shape([*word_hashes.tolist(), *joined_hashes.tolist()])
    assert shape(grams) == shape(gram_hashes.tolist())


@settings(max_examples=100, deadline=None)
@given(st.lists(any_text, max_size=6))
def test_a_texts_tokens_do_not_depend_on_its_neighbours(texts):
    together = tokenize(texts)
    assert together.n == len(texts)
    assert (np.diff(together.text) >= 0).all()
    for number, text in enumerate(texts):
        alone = tokenize([text])
        here = together.text == number
        assert np.array_equal(together.hash[here], alone.hash)
        assert np.array_equal(together.kind[here], alone.kind)


def test_the_hash_of_a_word_does_not_depend_on_its_place():
    word = word_hash("lamp")
    for text in ("lamp", "a lamp", "  lamp!", "x" * 10_000 + " lamp", "led-lamp, white", "灯lamp灯"):
        assert word in hashes(text, Kind.WORD)
    assert word not in hashes("lamps", grams=False)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("kx-t5500b", "kxt5500b"),
        ("kx t5500b", "kxt5500b"),
        ("kx-t5500b", "kx t5500b"),
        ("jump start", "jumpstart"),
    ],
)
def test_joined_neighbours_meet_the_word_written_as_one(one, other):
    together = word_hash(one.replace("-", "").replace(" ", ""))
    assert together in hashes(one, grams=False)
    assert together in hashes(other, grams=False)


def test_neighbours_far_apart_are_not_joined():
    assert hashes("ab - cd", Kind.JOINED) == {word_hash("abcd")}
    assert hashes("ab  -  cd", Kind.JOINED) == set()
    joined = tokenize(["ab", "cd"]).kind == Kind.JOINED
    assert not joined.any(), "the end of one text and the beginning of the next are no neighbours"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lamp", ["WORD"]),
        ("500gb", ["CODE"]),
        ("b2", ["WORD"]),
        ("x1a", ["CODE"]),
        ("500", ["NUMBER"]),
        ("1999", ["CODE"]),
        ("7 x lamp kxt55", ["NUMBER", "WORD", "WORD", "CODE"]),
        ("٣٤", ["NUMBER"]),
        ("中2", ["WORD", "NUMBER"]),
    ],
)
def test_kinds(text, expected):
    assert kinds(text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("白色のランプ", ["白", "色", "の", "ラ", "ン", "プ"]),
        ("แก้ว", ["แ", "ก", "้", "ว"]),
        ("iphone 手机128gb版", ["iphone", "手", "机", "128gb", "版"]),
        ("무선 마우스", ["무선", "마우스"]),
        ("лампа белая", ["лампа", "белая"]),
        ("lamp😀😀", ["lamp", "😀", "😀"]),
        ("a\x00b\tc\nd", ["a", "b", "c", "d"]),
        ("snake_case 3.5", ["snake", "case", "3", "5"]),
    ],
)
def test_words_of_every_script(text, words):
    tokens = tokenize([text], grams=False)
    found = tokens.hash[tokens.kind != Kind.JOINED].tolist()
    assert found == [word_hash(word) for word in words]


def test_neighbouring_characters_of_unsegmented_scripts_make_pairs_and_triples():
    shared = hashes("白色台灯") & hashes("台灯白色")
    assert word_hash("白色") in shared
    assert word_hash("台灯") in shared
    assert len(hashes("保温杯白色大号") & hashes("大号保温杯", Kind.GRAM)) >= 2, "the inner triples"


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("Ｃafé ５００ＧＢ", "cafe 500gb"),
        ("ÅNGSTRÖM", "angstrom"),
        ("ﬁne", "fine"),
        ("STRASSE straße", "strasse strasse"),
        ("ｶﾞﾗｽ", "ガラス"),
        ("한국어", "한국어"),
        ("Türkçe İstanbul", "turkce istanbul"),
        ("½ ㎏", "1⁄2 kg"),
        ("", ""),
    ],
)
def test_spellings_are_made_to_meet(raw, plain):
    assert normalise(raw) == plain


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=30))
def test_normalising_twice_changes_nothing_more(text):
    once = normalise(text)
    assert normalise(once) == once


@pytest.mark.parametrize(
    "texts", [[], [""], ["", "", ""], ["   "], ["-/.,"], ["\ud800"], ["\x00"]], ids=ascii
)
def test_nothing_gives_no_tokens(texts):
    tokens = tokenize(texts)
    assert tokens.n == len(texts)
    assert len(tokens.text) == len(tokens.hash) == len(tokens.kind) == 0


def test_a_lone_surrogate_stands_between_words():
    assert hashes("lamp\udc80shade", grams=False) == hashes("lamp shade", grams=False)


def test_a_very_long_text_takes_linear_time():
    long = "kx-t5500b 白色 lamp " * 50_000
    began = time.perf_counter()
    tokens = tokenize([long, "lamp"])
    assert time.perf_counter() - began < 10
    assert len(set(tokens.hash[tokens.text == 0].tolist())) < 200
    assert set(tokens.hash[tokens.text == 1].tolist()) <= set(tokens.hash[tokens.text == 0].tolist())


def test_hashes_of_different_words_differ_and_spread():
    words = [f"{a}{b}{c}" for a in "abcdefghij" for b in range(100) for c in "klmnopqrst"]
    tokens = tokenize(words, grams=False)
    assert len(np.unique(tokens.hash)) == len(words)
    counts = np.bincount((tokens.hash % np.uint64(64)).astype(np.int64), minlength=64)
    expected = len(words) / 64
    assert ((counts - expected) ** 2 / expected).sum() < 120, "chi-square of 63 degrees of freedom"
