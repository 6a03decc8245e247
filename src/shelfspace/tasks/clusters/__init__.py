"""Clusters: the same product in any number of shops."""

from shelfspace.tasks.clusters.cluster import cluster, clusters_of, dedupe

__all__ = ["cluster", "clusters_of", "dedupe"]
