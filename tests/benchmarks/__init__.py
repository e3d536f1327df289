"""Benchmarks: `python -m tests.benchmarks [NAME...]`. They report and never assert: a figure is read beside what it is compared with."""
