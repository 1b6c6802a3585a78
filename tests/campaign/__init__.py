"""The campaign: faults in numbers, held against the promises; ``python -m tests.campaign``.

Each row is one promise under one kind of fault. The full form rewrites ``docs/reliability.md``; the
short form does the same with smaller numbers, and writes nothing.
"""
