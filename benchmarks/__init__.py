"""How fast nnlib trains, beside scikit-learn, PyTorch and JAX: ``make bench``.

    machine      threads pinned; what the machine is, and which versions
    problems     the nets and data that every contender trains
    contenders   one file each, all with the same function
    products     the matrix products alone
    timing       contenders in turn, round after round, once their losses are shown equal
    fresh        what needs a process of its own: cold start and memory
    batches      mini-batches, the same for every contender
    study        many nets, every way to train them
    joint        nets of several shapes, nnlib beside JAX
    either_side  what CPython and the Python of a page do alike
    in_page      small nets in the page, where live figures train them, and a figure itself
    record       the whole run, into results.json
    targets      the ratios aimed at
    page         the results as the book's Benchmarks page

Each imports only from those above it.
"""
