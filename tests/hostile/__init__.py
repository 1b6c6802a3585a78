"""What the other side, the environment and the disk may do to us: hostile input, with figures.

Each subject has a module that does the work and says which cases went wrong, and a test module that
holds it against its bound. A function ``figure(seed)`` of the first returns the tally of all cases;
:mod:`tests.hostile.rows` lists them all, and the campaign runs them as rows of its own.
"""
