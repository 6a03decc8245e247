"""Accounts that behave like fraud: with labels or without, with evidence, and in rings."""
