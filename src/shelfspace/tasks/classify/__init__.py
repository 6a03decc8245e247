"""Which class a thing belongs to, learned from a few or many labels."""
