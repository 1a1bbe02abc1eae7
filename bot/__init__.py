"""The Telegram bot. Its issue follows; this package holds the name."""
