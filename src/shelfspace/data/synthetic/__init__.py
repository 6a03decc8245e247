"""A two-shop catalogue with planted truth, for demos, tests and measurements."""

from shelfspace.data.synthetic.feeds import TwoShops, two_shops

__all__ = ["TwoShops", "two_shops"]
