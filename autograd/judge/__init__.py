"""Somebody's own engine, examined: which operation, and which habit of backward(), gives wrong slopes, in words.

    bench.py          the class, tried: experiments of a few steps, run here or in a process of their own
    process.py        that process, with limits on time and memory
    operations.py     what operations with such names are, and the usual slips in their slopes
    walks.py          the usual slips of backward() itself, each as a walk that can be run
    experiments.py    what is tried: small graphs of new values, and those in which a value is used twice
    alone.py          operations one at a time
    among.py          operations under others, and beside others
    habits.py         what backward() does when it is called again, along deep chains, far out
    examination.py    all of these in turn: what is right, what is wrong, and how
    report.py         how that is said

Nothing is judged by reading code. A slip is named where its numbers are the measured ones at all points, on all graphs.
"""
