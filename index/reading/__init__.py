"""Answer spans and sentences, with a confidence."""
