"""What a kernel in the browser does before the first cell runs."""

# Matplotlib fills its font cache when it is first imported, and asks for patience on standard
# error: here that goes to the browser's console, and later it would stand below a cell.
import matplotlib.font_manager  # noqa: F401
from pyodide_kernel import kernel

# Before a cell runs, the kernel loads the packages that the cell imports. Of scikit-learn, whose
# digits `datasets.digits` reads, it cannot know; loading it for all notebooks would take too long.
load_packages = kernel._load_packages_from_imports


async def load_packages_and_digits(code: str) -> None:
    await load_packages(code + "\nimport sklearn" if "datasets.digits" in code else code)


kernel._load_packages_from_imports = load_packages_and_digits
