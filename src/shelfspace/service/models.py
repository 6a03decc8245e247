"""What may be asked, as OpenAPI describes it: every field typed, bounded and with an example."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Reference = Annotated[
    str,
    Field(
        min_length=1,
        max_length=1_000,
        description="A product as shop/id, or an id that one shop only uses.",
        examples=["left/100123"],
    ),
]
Count = Annotated[int, Field(ge=1, le=1_000, description="How many products to list.")]
Text = Annotated[str, Field(max_length=2_000)]
Where = Annotated[
    str | None,
    Field(
        max_length=4_000,
        description="An SQL filter over the catalogue's columns.",
        examples=["price < 50 and brand = 'bose'"],
    ),
]
User = Annotated[str | None, Field(max_length=1_000, description="A user of the events.")]
Shop = Annotated[str | None, Field(max_length=1_000)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


def _example(**fields: Any) -> ConfigDict:
    """The rules of every question: nothing unknown, no text taken for a number; and what one looks like."""
    return ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [fields]})


class SimilarQuery(BaseModel):
    """Which products are nearest to one."""

    model_config = _example(product="left/100123", k=5)
    product: Reference
    k: Count = 10


class SearchQuery(BaseModel):
    """Which products fit words, a photo, or both."""

    model_config = _example(text="usb-c charger 65w", k=5, where="price < 40")
    text: Text = ""
    k: Count = 10
    where: Where = None
    user: User = None
    image: Annotated[str | None, Field(description="A photo's file in base64; nothing is fetched.")] = None


class RecommendQuery(BaseModel):
    """What a user, or somebody with this history, wants next."""

    model_config = _example(history=["left/100123"], k=5)
    user: User = None
    history: Annotated[list[Reference] | None, Field(max_length=1_000, description="Oldest first.")] = None
    k: Count = 10
    diversity: Share = 0.0
    calibration: Share = 0.0
    where: Where = None
    seen: Annotated[bool, Field(description="What was taken already may come again.")] = False
    unavailable: Annotated[bool, Field(description="What is out of stock may come as well.")] = False

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.user is None) == (self.history is None):
            raise ValueError("either user or history is given")
        return self


class ExplainQuery(BaseModel):
    """Why two products are taken for the same or not."""

    model_config = _example(left="left/100123", right="right/P0000042")
    left: Reference
    right: Reference


class MatchQuery(BaseModel):
    """A page of the pairs that two shops both sell, the surest first."""

    model_config = _example(left="left", right="right", threshold=0.9, offset=0, limit=100)
    left: Shop = None
    right: Shop = None
    threshold: Annotated[Share | None, Field(description="Without one, what validation pairs say.")] = None
    one_to_one: bool = True
    offset: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0
    limit: Annotated[int, Field(ge=1, le=1_000)] = 100


class ProductsQuery(BaseModel):
    """Which products are looked up."""

    model_config = _example(products=["left/100123", "right/a/b"])
    products: Annotated[list[Reference], Field(min_length=1)]


class SimilarBatch(BaseModel):
    """Several questions in one request."""

    model_config = _example(queries=[{"product": "left/100123", "k": 5}])
    queries: Annotated[list[SimilarQuery], Field(min_length=1)]


class SearchBatch(BaseModel):
    """Several questions in one request."""

    model_config = _example(queries=[{"text": "usb-c charger"}, {"text": "desk lamp", "k": 3}])
    queries: Annotated[list[SearchQuery], Field(min_length=1)]


class RecommendBatch(BaseModel):
    """Several questions in one request."""

    model_config = _example(queries=[{"user": "u42"}, {"history": ["left/100123"]}])
    queries: Annotated[list[RecommendQuery], Field(min_length=1)]


class ExplainBatch(BaseModel):
    """Several questions in one request."""

    model_config = _example(queries=[{"left": "left/100123", "right": "right/P0000042"}])
    queries: Annotated[list[ExplainQuery], Field(min_length=1)]


class Activation(BaseModel):
    """The version that is to answer."""

    model_config = _example(version="000002")
    version: Annotated[str, Field(pattern=r"^[0-9]{6,12}$")]


class Nothing(BaseModel):
    """An empty object: there is nothing to say."""

    model_config = _example()
