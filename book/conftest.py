"""Let nbval run cells as Jupyter does: with history, or IPython overlooks a closing `;`."""

from nbval.kernel import RunningKernel


def execute_cell_input(kernel, cell_input, allow_stdin=None):
    return kernel.kc.execute(
        cell_input, store_history=True, allow_stdin=allow_stdin, stop_on_error=False
    )


def pytest_configure():
    RunningKernel.execute_cell_input = execute_cell_input
