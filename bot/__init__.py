"""The Telegram bot: messages in, answers out. README.md has a reading order."""
