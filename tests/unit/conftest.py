"""What the tests of the library share."""

import asyncio

import pytest


@pytest.fixture(autouse=True)
def _no_loop_of_a_browser():
    """Where no event loop runs, a figure trains to its end; a browser of other tests, in the same
    process, has one running in this thread.
    """
    loop = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(loop)
