"""How fast and how large, as ratios measured in one interleaved run. `python -m benchmarks` from a checkout."""
