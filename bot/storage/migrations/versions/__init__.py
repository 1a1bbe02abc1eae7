"""One module a step, each named by the revision that it leads to."""
