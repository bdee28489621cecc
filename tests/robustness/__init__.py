"""It holds: whatever is killed, filled up, damaged or made to do harm ends in a result or in one clear line.

    make nightly    20,000 cases and more, every training killed 20 times, 5,000 links in Chromium; prints the counts

`make test` runs a fast part of the same. Hypothesis draws the cases: in the fast part ever the same ones; what the
nightly ones have found stays as an `@example` or a test of its own.
"""
