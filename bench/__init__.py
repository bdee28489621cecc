"""How fast, always as a ratio of two things measured in turn in one run.

make bench                          every bench; writes results/bench.json and results/bench.md
python -m bench page reading        these
"""
