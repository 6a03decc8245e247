"""The endpoints that ask a version: parse, call the task, render."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any

import polars as pl
from fastapi import APIRouter, Depends, Request, Response

from shelfspace.errors import OptionError
from shelfspace.service import answers
from shelfspace.service.answers import ALWAYS, each, refusals, rows, told
from shelfspace.service.desk import Desk
from shelfspace.service.guard import CALL, Call
from shelfspace.service.models import (
    ExplainBatch,
    ExplainQuery,
    MatchQuery,
    ProductsQuery,
    RecommendBatch,
    RecommendQuery,
    SearchBatch,
    SearchQuery,
    SimilarBatch,
    SimilarQuery,
)
from shelfspace.space import Space


def call_of(request: Request) -> Call:
    """The call that a request is."""
    call: Call = request.scope[CALL]
    return call


def desk_of_request(request: Request) -> Desk:
    """The desk of the service that a request came to."""
    desk: Desk = request.app.state.desk
    return desk


ThisCall = Annotated[Call, Depends(call_of)]
ThisDesk = Annotated[Desk, Depends(desk_of_request)]

router = APIRouter(prefix="/v1", tags=["ask"], responses=refusals(404, *ALWAYS))


@router.post("/similar", response_model=answers.Listed[answers.Found])
def similar(query: SimilarQuery, call: ThisCall) -> Response:
    """The products nearest to one, itself left out, best first."""
    return told(call, products=_similar(call, query))


@router.post("/similar/batch", response_model=answers.Listings[answers.Found])
def similar_batch(batch: SimilarBatch, call: ThisCall, desk: ThisDesk) -> Response:
    """The products nearest to each of several."""
    return each(call, batch.queries, desk.limits.max_items, "products", lambda query: _similar(call, query))


@router.post("/search", response_model=answers.Listed[answers.Found])
def search(query: SearchQuery, call: ThisCall) -> Response:
    """The products that fit words, a photo, or both, best first."""
    return told(call, products=_search(call, query))


@router.post("/search/batch", response_model=answers.Listings[answers.Found])
def search_batch(batch: SearchBatch, call: ThisCall, desk: ThisDesk) -> Response:
    """The products that fit each of several queries."""
    return each(call, batch.queries, desk.limits.max_items, "products", lambda query: _search(call, query))


@router.post("/recommend", response_model=answers.Listed[answers.Recommended])
def recommend(query: RecommendQuery, call: ThisCall) -> Response:
    """What a user, or somebody with a history, wants next, and because of what."""
    return told(call, products=_recommend(call, query))


@router.post("/recommend/batch", response_model=answers.Listings[answers.Recommended])
def recommend_batch(batch: RecommendBatch, call: ThisCall, desk: ThisDesk) -> Response:
    """What each of several wants next."""
    return each(call, batch.queries, desk.limits.max_items, "products", lambda query: _recommend(call, query))


@router.post("/explain", response_model=answers.ExplainedAnswer)
def explain(query: ExplainQuery, call: ThisCall) -> Response:
    """Why two products are taken for the same or not."""
    return told(call, **_explain(call, query))


@router.post("/explain/batch", response_model=answers.ExplainedAnswers)
def explain_batch(batch: ExplainBatch, call: ThisCall, desk: ThisDesk) -> Response:
    """Why each of several pairs is taken for one product or not."""
    return each(
        call, batch.queries, desk.limits.max_items, "explanation", lambda query: _explain(call, query)
    )


@router.post("/match", response_model=answers.Matches)
def match(query: MatchQuery, call: ThisCall) -> Response:
    """A page of the products that two shops both sell, the surest first."""
    table = _matched(call.opened.space, query)
    page = table.slice(query.offset, query.limit)
    return told(call, total=table.height, matches=rows(page))


@router.get("/products/{shop}/{id:path}", response_model=answers.ProductAnswer)
def product(shop: str, id: str, call: ThisCall) -> Response:
    """One product with all its attributes. Its id may hold slashes, as they are or as %2F."""
    return told(call, product=_product(call.opened.space, f"{shop}/{id}"))


@router.post("/products", response_model=answers.ProductAnswers)
def products(query: ProductsQuery, call: ThisCall, desk: ThisDesk) -> Response:
    """Several products by reference, whatever their ids are made of."""
    space = call.opened.space
    return each(
        call, query.products, desk.limits.max_items, "product", lambda reference: _product(space, reference)
    )


def _similar(call: Call, query: SimilarQuery) -> list[dict[str, Any]]:
    return rows(call.opened.space.similar(query.product, query.k))


def _search(call: Call, query: SearchQuery) -> list[dict[str, Any]]:
    if query.user is not None:
        call.users.append(query.user)
    image = None if query.image is None else _photo(query.image)
    found = call.opened.space.search(query.text, query.k, image=image, where=query.where, user=query.user)
    return rows(found)


def _photo(text: str) -> bytes:
    """The bytes of a photo; never a path, which would read the service's own files."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise answers.photo_refusal() from None


def _recommend(call: Call, query: RecommendQuery) -> list[dict[str, Any]]:
    if query.user is not None:
        call.users.append(query.user)
    found = call.opened.space.recommend(
        query.user,
        history=query.history,
        k=query.k,
        diversity=query.diversity,
        calibration=query.calibration,
        where=query.where,
        seen=query.seen,
        unavailable=query.unavailable,
    )
    return rows(found)


def _explain(call: Call, query: ExplainQuery) -> dict[str, Any]:
    told = call.opened.space.explain(query.left, query.right)
    return {
        "left_title": told.left_title,
        "right_title": told.right_title,
        "probability": told.probability,
        "log_odds": told.score,
        "base": told.base,
        "contributions": [vars(part) for part in told.by_size],
    }


def _matched(space: Space, query: MatchQuery) -> pl.DataFrame:
    """All matches, kept while their pages are turned; those of the last question only, as they are many."""
    asked = (query.left, query.right, query.threshold, query.one_to_one)
    kept: dict[Any, pl.DataFrame] = space.part("service matches", dict)
    table = kept.get(asked)
    if table is None:
        cut = "auto" if query.threshold is None else query.threshold
        table = space.match(query.left, query.right, threshold=cut, one_to_one=query.one_to_one)
        kept.clear()
        kept[asked] = table
    return table


def _product(space: Space, reference: str) -> dict[str, Any]:
    table = space.catalog.table[space.row(reference)]
    if table.height != 1:
        raise OptionError("The product is not one.", "A reference names one.", "Name it as shop/id.")
    return table.row(0, named=True)
