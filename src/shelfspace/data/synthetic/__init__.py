"""Catalogues with planted truth, of two shops or many, for demos, tests and measurements."""

from shelfspace.data.synthetic.feeds import TwoShops, two_shops
from shelfspace.data.synthetic.many_shops import many_shops

__all__ = ["TwoShops", "many_shops", "two_shops"]
