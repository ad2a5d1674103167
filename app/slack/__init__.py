"""Hanmi in the team's Slack."""
