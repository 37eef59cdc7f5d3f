"""Tasks of asyncio, wherever a test runs."""

import asyncio
from concurrent.futures import ThreadPoolExecutor


def in_a_loop_of_its_own(main):
    """What a coroutine function gives; in another thread, since a browser may have a loop running in this one."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(lambda: asyncio.run(main())).result()
