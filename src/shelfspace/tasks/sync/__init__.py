"""Sync: the quantities and prices of one product made to agree across shops."""

from shelfspace.tasks.sync.sync import Sync, replay_sync, sync, undo_sync

__all__ = ["Sync", "replay_sync", "sync", "undo_sync"]
