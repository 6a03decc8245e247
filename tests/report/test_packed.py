import base64
import gzip

import numpy as np
import pytest

from shelfspace.report.packed import packed_bytes, packed_lines, packed_numbers


def unpacked(packed):
    plain = base64.b64decode(packed["base64"])
    return gzip.decompress(plain) if packed["zipped"] else plain


@pytest.mark.parametrize(
    ("most", "name", "dtype"), [(255, "u8", "u1"), (256, "u16", "<u2"), (65536, "u32", "<u4")]
)
def test_numbers_come_back_from_the_narrowest_type(most, name, dtype):
    numbers = np.array([0, 3, most])
    packed = packed_numbers(numbers)
    assert packed["type"] == name
    assert np.frombuffer(unpacked(packed), dtype).tolist() == numbers.tolist()


def test_numbers_that_do_not_fit_are_refused():
    for numbers in ([-1], [2**32]):
        with pytest.raises(ValueError, match="whole numbers"):
            packed_numbers(np.array(numbers))
    assert unpacked(packed_numbers(np.zeros(0, np.int64))) == b""


def test_each_text_is_one_line_whatever_it_holds():
    texts = ["a\nb\r\x00c", None, "跑鞋\u2028женские", "", "</script>"]
    lines = unpacked(packed_lines(texts)).decode().split("\n")
    assert lines == ["a b  c", "", "跑鞋 женские", "", "</script>"]


def test_only_what_becomes_smaller_is_zipped():
    assert packed_bytes(b"same " * 100)["zipped"]
    noise = np.random.default_rng(0).bytes(500)
    packed = packed_bytes(noise)
    assert not packed["zipped"] and unpacked(packed) == noise
    assert packed_bytes(noise) == packed
