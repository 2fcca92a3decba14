"""Live figures: experiments that a reader steers, in Jupyter and on the pages of the book."""
