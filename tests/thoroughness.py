"""How much of what repeats is tried: with EVERYTHING=1 all of it, else some that stand for all.

CONTRIBUTING.md lists what that is.
"""

import os

EVERYTHING = bool(os.environ.get("EVERYTHING"))
