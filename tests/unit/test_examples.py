"""The examples in docstrings do what they say."""

import doctest
import importlib
import pkgutil

import pytest

import nnlib

MODULES = [module.name for module in pkgutil.walk_packages(nnlib.__path__, "nnlib.")]
WITH_EXAMPLES = {"activations", "classifiers", "datasets", "diagnostics", "nets",
                 "optimizers", "regressors", "stopping", "studies.results", "studies.study",
                 "studies.tables"}


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    report = []
    runner = doctest.DocTestRunner()
    for example in doctest.DocTestFinder().find(importlib.import_module(name)):
        runner.run(example, out=report.append)
    assert report == []
    assert bool(runner.tries) == (name.removeprefix("nnlib.") in WITH_EXAMPLES)
