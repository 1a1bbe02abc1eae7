"""The index side of qinwen: posts in, answers out.

Synchronous, without markup or language: `bot` and the command line render what it returns.
Importing this package loads no model library.
"""
