"""Exploration: a contextual bandit that re-ranks what a recommender proposes and learns from clicks."""
