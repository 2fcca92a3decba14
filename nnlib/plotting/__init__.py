"""The book's pictures: what a net has learned, how it learned it, and what it looks like inside."""

from nnlib.plotting.figures import *  # noqa: F403
