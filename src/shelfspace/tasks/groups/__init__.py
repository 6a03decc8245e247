"""Groups: products that are alike, at any granularity; what k-means of users rests on too."""
