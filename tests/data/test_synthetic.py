import time
import unicodedata
from functools import cache
from random import Random

import numpy as np
import polars as pl
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from shelfspace.data.synthetic import TwoShops, two_shops
from shelfspace.data.synthetic.categories import CATEGORIES
from shelfspace.data.synthetic.listings import LEFT, RIGHT, Listing, write_attribute, write_listing
from shelfspace.data.synthetic.names import CodeHabit, check_digit, invent_name, respell_code
from shelfspace.data.synthetic.noise import escape_entities, mistype, write_gtin
from shelfspace.data.synthetic.plans import plan_listing, plan_pair
from shelfspace.data.synthetic.products import LANGUAGE_SHARES, Product, make_products
from shelfspace.data.synthetic.quantities import POOLS, write_quantity
from shelfspace.data.synthetic.talk import BUNDLES, REFURBISHED, WORDED
from shelfspace.errors import OptionError

DEFAULTS = {"pack": 1, "generation": 1, "edition": 1, "tier": ""}


@pytest.fixture(scope="module")
def shops() -> TwoShops:
    return two_shops(1500, seed=0)


def test_the_same_seed_gives_the_same_feeds_and_another_seed_others() -> None:
    first, again, other = two_shops(200, seed=3), two_shops(200, seed=3), two_shops(200, seed=4)
    assert first.left.equals(again.left)
    assert first.right.equals(again.right)
    assert first.truth.equals(again.truth)
    assert not first.left.equals(other.left)


@pytest.mark.parametrize(("size", "overlap", "pairs"), [(0, 0.6, 0), (1, 1.0, 1), (7, 0.0, 0), (50, 0.5, 25)])
def test_sizes_and_overlap_are_exact(size: int, overlap: float, pairs: int) -> None:
    shops = two_shops(size, seed=1, overlap=overlap)
    assert (shops.left.height, shops.right.height, shops.truth.height) == (size, size, pairs)
    assert "product_title" in shops.right.columns


@pytest.mark.parametrize(("size", "overlap"), [(-1, 0.6), (10, 1.2), (10, -0.1)])
def test_impossible_sizes_and_overlaps_are_refused(size: int, overlap: float) -> None:
    with pytest.raises(OptionError, match="between 0 and 1"):
        two_shops(size, overlap=overlap)


def test_keys_are_unique_and_every_true_id_is_on_its_shelf(shops: TwoShops) -> None:
    assert shops.left["sku"].n_unique() == shops.right["product_id"].n_unique() == 1500
    assert shops.truth["left_id"].n_unique() == shops.truth["right_id"].n_unique() == 900
    assert shops.truth["left_id"].is_in(shops.left["sku"].implode()).all()
    assert shops.truth["right_id"].is_in(shops.right["product_id"].implode()).all()


def test_row_order_and_ids_do_not_give_the_truth_away(shops: TwoShops) -> None:
    left = shops.truth["left_id"].cast(pl.Int64).to_numpy()
    right = shops.truth["right_id"].str.strip_prefix("P").cast(pl.Int64).to_numpy()
    assert abs(np.corrcoef(left, right)[0, 1]) < 0.1


def test_written_feeds_read_back_the_same(shops: TwoShops, tmp_path) -> None:
    left, right, truth = shops.write(tmp_path / "new" / "folder")
    assert pl.read_csv(left, infer_schema=False).equals(shops.left)
    assert pl.read_ndjson(right, schema=shops.right.schema).equals(shops.right)
    assert pl.read_csv(truth, infer_schema=False).equals(shops.truth)


def digits_of(gtins: pl.Series) -> pl.Series:
    return gtins.drop_nulls().str.replace_all(" ", "").str.zfill(14)


def test_most_gtins_are_valid_and_too_few_to_match_by_gtin_alone(shops: TwoShops) -> None:
    gtins = digits_of(pl.concat([shops.left["ean"], shops.right["gtin"]])).to_list()
    wrong = np.mean([check_digit(gtin[:-1]) != gtin[-1] for gtin in gtins])
    assert 0.002 < wrong < 0.05
    assert 0.5 < shops.left["ean"].null_count() / 1500 < 0.6
    assert 0.5 < shops.right["gtin"].null_count() / 1500 < 0.6
    pairs = joined(shops)
    both = pairs.drop_nulls(["ean", "gtin"])
    assert 0.1 < both.height / pairs.height < 0.3
    assert (digits_of(both["ean"]) == digits_of(both["gtin"])).mean() > 0.9


def test_the_published_check_digit_of_a_known_number() -> None:
    assert check_digit("400638133393") == "1"
    assert check_digit("03600029145") == "2"


def joined(shops: TwoShops) -> pl.DataFrame:
    return shops.truth.join(shops.left, left_on="left_id", right_on="sku").join(
        shops.right, left_on="right_id", right_on="product_id"
    )


def test_all_languages_categories_and_traps_occur(shops: TwoShops) -> None:
    kinds = shops.truth["kind"].str.split("/")
    languages = kinds.list[0].value_counts()
    same = dict(languages.filter(~pl.col("kind").str.contains("-")).iter_rows())
    assert set(same) == set(LANGUAGE_SHARES)
    assert same["en"] > same["de"] > 50
    assert 0.04 < 1 - sum(same.values()) / shops.truth.height < 0.15
    assert set(kinds.list[1]) == {category.name for category in CATEGORIES}
    traps = set(kinds.list[2])
    assert {"colour", "volume", "pack", "tier", "refurbished", "bundle", "accessory", "none"} <= traps
    assert (kinds.list[2] == "none").mean() < 0.25


def test_a_book_is_never_listed_in_two_languages(shops: TwoShops) -> None:
    assert not shops.truth["kind"].str.contains("^..-../books").any()


def test_prices_differ_but_little() -> None:
    pairs = joined(two_shops(2000, seed=2)).drop_nulls(["price", "price_right"])
    euros = pairs.filter(pl.col("price").str.ends_with("€") & (pl.col("currency") == "EUR"))
    left = (
        euros["price"]
        .str.strip_suffix(" €")
        .str.replace_all(r"\.", "")
        .str.replace(",", ".")
        .cast(pl.Float64)
    )
    right = euros["price_right"].str.replace(",", ".").cast(pl.Float64)
    dear = (left > 20).to_numpy()
    ratio = (left / right).to_numpy()[dear]
    assert len(ratio) > 100
    assert 0.8 < ratio.min() < 0.95 < 1.05 < ratio.max() < 1.25


def top1(shops: TwoShops) -> float:
    """How often the nearest right listing by TF-IDF is the true one: what a matcher has to beat."""
    left = concatenated(shops.left, ["name", "manufacturer", "mpn"])
    right = concatenated(shops.right, ["product_title", "brand", "modelno", "colour", "size"])
    vectorizer = TfidfVectorizer(token_pattern=r"\w+", sublinear_tf=True).fit(left + right)
    left_rows = {key: row for row, key in enumerate(shops.left["sku"])}
    right_rows = {key: row for row, key in enumerate(shops.right["product_id"])}
    asked = [left_rows[key] for key in shops.truth["left_id"]]
    similarity = vectorizer.transform(left)[asked] @ vectorizer.transform(right).T
    best = np.asarray(similarity.argmax(axis=1)).ravel()
    return float(np.mean(best == [right_rows[key] for key in shops.truth["right_id"]]))


def concatenated(table: pl.DataFrame, columns: list[str]) -> list[str]:
    return table.select(pl.concat_str(pl.col(columns).fill_null(""), separator=" ")).to_series().to_list()


def test_plain_tfidf_finds_many_but_not_enough(shops: TwoShops) -> None:
    assert 0.6 < top1(shops) < 0.82


def test_difficulty_does_not_depend_on_size() -> None:
    small = np.mean([top1(two_shops(600, seed=seed)) for seed in range(3)])
    assert abs(small - top1(two_shops(3000, seed=7))) < 0.07


def plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


@cache
def all_forms(attribute: str, value: float | str, language: str) -> set[str]:
    rng = Random(0)
    return {plain(write_attribute(rng, attribute, value, language)) for _ in range(600)}


def shows(listing: Listing, forms: set[str]) -> bool:
    text = plain(" ".join((listing.title, listing.colour, listing.size)))
    return any(form in text for form in forms)


@pytest.mark.parametrize("language", list(LANGUAGE_SHARES))
def test_every_listing_shows_what_tells_its_product_from_its_siblings(language: str) -> None:
    rng = Random(5)
    for product in make_products(rng, 400):
        if product.condition == "accessory":
            continue
        for habits in (LEFT, RIGHT):
            listing = write_listing(rng, product, plan_listing(rng, product, language, False), habits)
            for attribute, value in product.values.items():
                if DEFAULTS.get(attribute) != value:
                    assert shows(listing, all_forms(attribute, value, language)), (listing, attribute, value)
            if product.condition == "refurbished":
                assert shows(listing, {plain(word) for word in REFURBISHED[language]})
            if product.condition == "bundle":
                assert shows(listing, {plain(word) for word in BUNDLES[product.extra][language]})


def test_the_listings_of_a_pair_have_the_series_or_the_code_in_common() -> None:
    rng = Random(6)
    for product in make_products(rng, 2000):
        for other in (product.line.language, "ja"):
            left, right = plan_pair(rng, product, product.line.language, other)
            assert (left.series and right.series) or (left.code and right.code)


def test_no_two_products_agree_in_everything() -> None:
    products = make_products(Random(8), 5000)
    assert len({product.gtin for product in products}) == len(products)
    coded = [(product.brand.name.latin, product.code) for product in products if product.code]
    assert len(set(coded)) == len(coded)
    assert len({signature(product) for product in products}) == len(products)


def signature(product: Product) -> tuple[object, ...]:
    line = product.line
    return (
        *(product.brand.name.latin, line.brand.name.latin, line.series, line.kind.words["en"][0]),
        *(tuple(product.values.items()), product.condition, product.extra),
    )


def test_names_and_their_transliterations_are_unique() -> None:
    taken: set[str] = set()
    names = [invent_name(Random(1), taken)] + [invent_name(Random(i), taken) for i in range(500)]
    assert len({name.latin for name in names}) == len({name.written("ja") for name in names}) == len(names)
    assert all(name.latin.isascii() and not name.written("zh").isascii() for name in names)


def test_a_respelled_code_keeps_its_letters_and_digits() -> None:
    rng = Random(2)
    for _ in range(200):
        code = CodeHabit.invent(rng, "Kanori").code(3, tail="B")
        kept = [letter for letter in respell_code(rng, code).upper() if letter.isalnum()]
        assert kept == [letter for letter in code if letter.isalnum()]


def test_typos_never_touch_numbers() -> None:
    rng = Random(3)
    slips = {mistype(rng, "headphones X-1000 64GB") for _ in range(200)}
    assert len(slips) > 5
    assert all(slip.endswith(" X-1000 64GB") for slip in slips)
    assert mistype(rng, "64 GB") == "64 GB"


def test_entities_and_odd_gtins() -> None:
    rng = Random(4)
    assert escape_entities(rng, '15" & more').startswith("15&quot;")
    forms = {write_gtin(rng, "0123456789012") for _ in range(500)}
    assert {"0123456789012", "123456789012", "00123456789012", "0 123456 789012"} <= forms


@pytest.mark.parametrize("attribute", sorted(POOLS))
@pytest.mark.parametrize("language", list(LANGUAGE_SHARES))
def test_two_values_of_an_attribute_are_never_written_the_same(attribute: str, language: str) -> None:
    rng = Random(9)
    forms = [
        {write_quantity(rng, attribute, value, language).strip() for _ in range(80)}
        for value in POOLS[attribute]
        if DEFAULTS.get(attribute) != value
    ]
    assert len(set().union(*forms)) == sum(map(len, forms))


@pytest.mark.parametrize("attribute", sorted(WORDED))
def test_words_of_different_values_are_different(attribute: str) -> None:
    for language in LANGUAGE_SHARES:
        words = [word for value in WORDED[attribute].values() for word in set(value[language])]
        assert len(words) == len(set(words))


def test_ten_thousand_products_take_seconds() -> None:
    started = time.process_time()
    two_shops(5000, seed=1)
    assert time.process_time() - started < 4
