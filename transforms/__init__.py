"""What an article becomes. Pure: values in, values out; no clock, network, environment, randomness or global state."""

TRANSFORM_VERSION = "1"
"""Recorded on every article; raised whenever the same bytes may give other rows."""
