"""A training ends with whoever started it, also with one that was killed and could not say so."""

import os
import signal
import threading
from contextlib import suppress


def end_with_starter() -> None:
    """End this process when its standard input ends, of which the starter holds the other end.

    Else it would train on in a folder that the next run takes for free. A pipe closes however its holder ends, torchrun
    hands it on to its workers, and a starter that is gone before this is called is noticed too. Linux's
    PR_SET_PDEATHSIG knows only the direct parent, which for a worker is torchrun, and not one that went before.
    """
    threading.Thread(target=_wait_for_the_end, daemon=True).start()


def _wait_for_the_end() -> None:
    with suppress(OSError):  # it was never open
        while os.read(0, 1024):
            pass
    # Nothing is left to say and nobody to say it to; going on after `kill -9` is what checkpoints are for.
    os.kill(os.getpid(), signal.SIGKILL)
