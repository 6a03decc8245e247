"""Who the shoppers are: their tastes, the segments these fall into, how they drift, and what each likes."""
