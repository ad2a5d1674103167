"""Slack as an app meets it, on loopback: Web API, Socket Mode, signed HTTP; as strict as the real one.

Facts from docs.slack.dev (November 2026) and, where those are silent, from what slackapi's issues report.
"""
