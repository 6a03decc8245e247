"""Readers of feeds, pairs and event logs."""
