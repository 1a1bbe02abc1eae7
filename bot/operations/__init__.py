"""What keeps the bot running and lets others see it: logs, token, heartbeat, metrics, health."""
