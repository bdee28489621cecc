"""How fast, always as a ratio of two things measured in turn in one run.

    make bench                          every bench; writes bench/results.json and bench/table.md
    python -m bench page reading        these
"""
