"""What the other side, the environment and the disk may do to us: hostile input, with figures.

Each subject has a module that does the work and says how many cases went wrong, and a test module
that holds it against its bound. A function ``figure(seed)`` of the first returns what was counted
and the most that it may be; :mod:`tests.hostile.rows` lists them all.
"""
