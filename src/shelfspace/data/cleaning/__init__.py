"""Cleaning of text, prices, numbers and units."""
