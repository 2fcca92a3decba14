"""What `make bench` measures in a browser, for a moment: that it runs, and comes to its end."""

import pytest

from benchmarks import in_page


@pytest.mark.seldom
def test_nnlib_is_timed_in_the_page_beside_cpython(browser, server: str, site_with_python) -> None:
    page = browser.new_page()
    ask = in_page.PagePython(page, server)
    assert ask("about()")["pyodide"]
    # It raises an error where a loss is another one.
    row = in_page.time_case(ask, in_page.NETS[0], "float64", quick=True)
    page.close()
    assert set(row["differences"]) == {"nnlib in the page", "naive NumPy in the page"}
    assert {len(own) for own in row["seconds"].values()} == {1}


@pytest.mark.seldom
def test_the_playground_is_played_to_its_end(browser, server: str, site_with_python) -> None:
    settings = {"hidden_nodes": 3, "max_epochs": 100}
    (run,) = in_page.draw(browser, server, settings, rounds=1)["runs"]
    assert run["epochs"] == 100
    assert 0 < run["frames"] <= 100
