"""Catalogues with planted truth, of two shops or many, and shoppers, for demos, tests and measurements."""

from shelfspace.data.synthetic.feeds import TwoShops, two_shops
from shelfspace.data.synthetic.many_shops import many_shops
from shelfspace.data.synthetic.shopping import Shopping, shopping

__all__ = ["Shopping", "TwoShops", "many_shops", "shopping", "two_shops"]
