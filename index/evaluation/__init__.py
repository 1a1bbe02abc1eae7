"""Question sets, metrics, runs and reports. Never imported by the product's path."""
