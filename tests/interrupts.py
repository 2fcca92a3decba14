"""Ctrl-C at a line of one's choice."""

import sys


def interrupt_at(number, modules):
    """A trace function: a KeyboardInterrupt at this line, of those that the modules come to."""
    lines = 0

    def trace(frame, event, argument):
        nonlocal lines
        if frame.f_globals.get("__name__") not in modules:
            return None
        if event == "line":
            lines += 1
            if lines == number:
                raise KeyboardInterrupt
        return trace

    return trace


def is_interrupted(work, number, modules):
    """Do some work, interrupted at a line; False if it is done before."""
    tracing = sys.gettrace()
    sys.settrace(interrupt_at(number, modules))
    try:
        work()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(tracing)
    return False
