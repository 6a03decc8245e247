import math

import numpy as np

from shelfspace.tasks.match.details import NAMES, Details, stated_details


def compared(texts, i=0, j=1):
    columns = Details(texts).columns(np.array([i]), np.array([j]))
    return {name: float(columns[name][0]) for name in NAMES}


def test_equal_and_differing_details_are_counted():
    found = compared(["brand: A; width: 3 cm; colour: red", "brand: A; width: 30 mm; colour: blue; new: yes"])
    assert found["details named by both"] == 3
    assert found["details agreeing"] == 2
    assert found["details differing"] == 1
    assert math.isclose(found["details agreeing share"], 2 / 3, rel_tol=1e-6)


def test_agreeing_in_what_few_say_weighs_more():
    common = ["kind: lamp; maker: X"] * 8
    rare = compared(["kind: lamp; maker: Q", "kind: lamp; maker: Q", *common])
    usual = compared(["kind: lamp; maker: X", "kind: lamp; maker: X", *common])
    assert rare["details agreeing weight"] > usual["details agreeing weight"] + 1
    assert rare["details alike"] == usual["details alike"] == 1


def test_a_name_that_all_fill_alike_says_nothing_when_it_differs():
    found = compared(["kind: a; maker: x", "kind: b; maker: y", *["kind: a; maker: z"] * 50])
    assert 0 < found["details differing weight"] < 0.3


def test_several_values_agree_in_one():
    found = compared(["effect: a; effect: b", "effect: b; effect: c"])
    assert (found["details agreeing"], found["details differing"]) == (1, 0)


def test_without_details_there_is_nothing_to_compare():
    assert all(math.isnan(value) for value in compared(["", "brand: A"]).values())
    assert Details([]).columns(np.empty(0, np.int64), np.empty(0, np.int64))["details alike"].shape == (0,)


def test_measures_meet_in_any_unit():
    assert stated_details("净含量: 1斤") == stated_details("净含量: 0.5 kg")
    assert stated_details("净含量: 1斤左右") != stated_details("净含量: 500g")
