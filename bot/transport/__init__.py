"""Updates on their way in, kept until they are answered, and calls on their way out."""
