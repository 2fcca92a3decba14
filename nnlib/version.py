"""The version of the library and of the book, in one place."""

__version__ = "0.2.0"
