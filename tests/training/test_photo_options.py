import pytest

from shelfspace.errors import OptionError
from shelfspace.training.photo_options import PhotoOptions


def test_all_are_off():
    off = PhotoOptions()
    assert not any((off.reconstruction, off.domains, off.adversarial, off.background, off.wrong_labels))


@pytest.mark.parametrize(
    "wrong",
    [
        {"reconstruction": -1.0},
        {"reconstruction": float("nan")},
        {"hidden": 1.5},
        {"grain": float("inf")},
        {"domains": "magic"},
        {"domain_weight": -0.1},
        {"adversarial": -4},
        {"background": 2},
        {"wrong_labels": "magic"},
        {"wrong_share": 1.0},
    ],
)
def test_what_is_out_of_range_is_refused_by_name(wrong):
    with pytest.raises(OptionError, match=f"^{next(iter(wrong))} is"):
        PhotoOptions(**wrong)
