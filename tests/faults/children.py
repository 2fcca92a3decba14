"""Child processes that are forked: they need not import anything, so there can be many."""

import os
import signal
import sys
import traceback

PATIENCE = 120    # seconds: a child that waits for ever fails its test, and holds up no other


def forked(work):
    """The id of a child that does some work, and ends with status 0 unless it raised."""
    child = os.fork()
    if child:
        return child
    signal.alarm(PATIENCE)
    # Whoever measures coverage takes a lock at times; an interrupt there would never give it back.
    sys.settrace(None)
    status = 1
    try:
        work()
        status = 0
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)
    finally:
        sys.__stderr__.flush()
        os._exit(status)


def ended(child):
    """Wait for a child; its exit status, or minus the signal that killed it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def steps_of(work):
    """How many calls and returns, Python's and C's, some work is made of."""
    steps = 0

    def count(*event):
        nonlocal steps
        steps += 1

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return steps


def killed(work, step):
    """Do some work in a child up to a step, then kill it; False if the work was done before."""

    def count(*event):
        nonlocal step
        step -= 1
        if step == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted():
        sys.setprofile(count)
        work()
        sys.setprofile(None)

    status = ended(forked(counted))
    assert status in (0, -signal.SIGKILL)
    return status != 0
