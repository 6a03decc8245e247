import subprocess
import sys

import numpy as np

from shelfspace.evaluation.cost import measured, peak_mib


def test_work_costs_time_and_memory():
    with measured() as cost:
        held = np.ones(20_000_000)  # 160 MB
        held.sort()
    assert cost.cpu_seconds > 0 and cost.wall_seconds > 0
    assert cost.peak_mib >= 152


def test_a_process_does_not_count_what_its_parent_held():
    held = np.ones(100_000_000)  # 800 MB
    code = "from shelfspace.evaluation.cost import peak_mib; print(peak_mib())"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert held.sum() > 0
    assert float(run.stdout) < 700 <= peak_mib()
