"""Measurements, never tests: `python -m benchmarks` prints a table, `--json` the same as data."""
