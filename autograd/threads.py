"""Threads take turns, so that no contribution to a gradient is lost.

`x.grad += g` reads, adds and writes, and what another thread adds in between is lost. A lock around each addition would cost
more than the addition; one around a whole pass costs 0.2 µs, and makes of it one event for all others. Whatever changes
numbers that threads may share holds it: backward, forward, zero_grad, an optimiser's step.
"""

from __future__ import annotations

import os
import threading

one_at_a_time = threading.RLock()
if hasattr(os, "register_at_fork"):  # no process is forked in the middle of another thread's pass
    os.register_at_fork(
        before=one_at_a_time.acquire, after_in_parent=one_at_a_time.release, after_in_child=one_at_a_time.release
    )
