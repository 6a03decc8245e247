"""The blocks of docs/photos.md run as they stand, one after the other."""

import re
from pathlib import Path

import torch

PAGE = Path(__file__).parents[3] / "docs" / "photos.md"


def test_the_blocks_run(capsys):
    threads = torch.get_num_threads()
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) >= 4
    exec(compile("\n".join(blocks), str(PAGE), "exec"), {})
    torch.set_num_threads(threads)
    assert "96" in capsys.readouterr().out
