"""The map of a catalogue: products that are alike lie near each other on a plane."""

from shelfspace.tasks.map.draw_map import catalog_map, draw_map

__all__ = ["catalog_map", "draw_map"]
