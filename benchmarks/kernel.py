"""Start of a kernel until its first reply, then with the stack imported: warm against the stock ipykernel.

    python benchmarks/kernel.py [rounds]

The two take turns, so that both see the same busy machine. Printed are medians in seconds and their ratio.
"""

import sys
import time
from statistics import median

from jupyter_client.manager import KernelManager

IMPORTS = "import matplotlib.pyplot, numpy, pandas, seaborn, statsmodels.api"


def main(rounds=7):
    seconds = {(name, code): [] for name in ("magnets", "python3") for code in ("1", IMPORTS)}
    first_reply("magnets", "1")  # starts the parent
    for _ in range(rounds):
        for (name, code), measured in seconds.items():
            measured.append(first_reply(name, code))
    print(f"{'first reply to':<16}{'warm':>8}{'stock':>8}{'ratio':>8}")
    for label, code in (("an empty cell", "1"), ("the imports", IMPORTS)):
        warm, stock = (median(seconds[name, code]) for name in ("magnets", "python3"))
        print(f"{label:<16}{warm:>7.2f}s{stock:>7.2f}s{stock / warm:>7.1f}x")


def first_reply(name, code):
    """Seconds from asking for a kernel to its first reply."""
    manager = KernelManager(kernel_name=name)
    begin = time.perf_counter()
    manager.start_kernel(transport_encryption=None if name == "magnets" else "auto")
    client = manager.client()
    client.start_channels()
    try:
        reply = client.execute(code, reply=True, timeout=60)
        elapsed = time.perf_counter() - begin
        assert reply["content"]["status"] == "ok", reply
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return elapsed


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
