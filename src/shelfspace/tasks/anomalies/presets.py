"""How closely photos are looked at, and how long a preset learns."""

from __future__ import annotations

#: Photos of more pixels than this squared are shrunk to it; smaller ones are left as they are.
SIZE = 320
#: Training steps of sixteen photos.
STEPS = {"fast": 100, "balanced": 300, "best": 1_500}
