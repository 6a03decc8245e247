"""A filter over catalogue columns in SQL's words, read by a grammar of its own.

What a stranger may send over HTTP must be a condition and nothing else, and must mean the same in the store
and in memory. So the text is parsed here, strictly, and both engines are handed a rendering of the parse:
no character of the given text reaches them but column names that exist and literals that are escaped.

    or        = and {OR and}
    and       = not {AND not}
    not       = {NOT} ( "(" or ")" | condition )
    condition = operand ( (= | != | <> | < | <= | > | >=) operand | [NOT] IN "(" literal {"," literal} ")"
                        | [NOT] BETWEEN operand AND operand | [NOT] (LIKE | ILIKE) 'pattern' | IS [NOT] NULL )
    operand   = column | "column" | `column` | number | 'text' | (LOWER | UPPER) "(" column ")"
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from shelfspace.errors import OptionError

_LIMIT = 4_000  # characters
_DEPTH = 16  # the engines' own parsers recurse, and so does this one
_TERMS = 200
_COMPARISONS = {"=", "==", "!=", "<>", "<", "<=", ">", ">="}
_TOKEN = re.compile(
    r"""\s*(?: (?P<text>'(?:[^']|'')*') | (?P<quoted>"[^"]+"|`[^`]+`)
    | (?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?![\w.])
    | (?P<word>[^\W\d]\w*) | (?P<mark><=|>=|<>|!=|==|[=<>(),]) )""",
    re.VERBOSE,
)
_WORDS = {"and", "or", "not", "in", "between", "like", "ilike", "is", "null", "lower", "upper"}


@dataclass(frozen=True)
class _Operand:
    sql: str
    text: bool  # else a number
    column: bool


def read_filter(where: str, schema: Mapping[str, pl.DataType], names: Mapping[str, str] | None = None) -> str:
    """The filter in plain SQL that LanceDB and polars read alike, every name quoted.

    `schema` gives the columns that may be named, `names` what they are called in the target where that
    differs. Raises `OptionError` for whatever is no filter over these columns, with their names.
    """
    return _Parser(where, schema, names or {}).parse()


def rows_where(table: pl.DataFrame, where: str) -> npt.NDArray[np.int64]:
    """The row numbers, ascending, of `table` for which the filter is true (unknown is not true)."""
    condition = pl.sql_expr(read_filter(where, table.schema))
    return table.select(pl.arg_where(condition)).to_series().to_numpy().astype(np.int64)


class _Parser:
    """Recursive descent over the tokens of one filter, rendering as it goes."""

    def __init__(self, where: str, schema: Mapping[str, pl.DataType], names: Mapping[str, str]) -> None:
        self._where, self._schema, self._names = where, schema, names
        if len(where) > _LIMIT:
            raise self._refusal(f"is {len(where)} characters long, the limit is {_LIMIT}")
        self._tokens = self._tokenize()
        self._at = 0
        self._terms = 0

    def parse(self) -> str:
        sql = self._either(0)
        kind, token = self._next()
        if kind != "end":
            raise self._refusal(f"goes on after the condition, at {token!r}")
        return sql

    def _either(self, depth: int) -> str:
        if depth > _DEPTH:
            raise self._refusal(f"is nested deeper than {_DEPTH}")
        parts = [self._both(depth)]
        while self._take_word("or"):
            parts.append(self._both(depth))
        return parts[0] if len(parts) == 1 else "(" + " OR ".join(parts) + ")"

    def _both(self, depth: int) -> str:
        parts = [self._negated(depth)]
        while self._take_word("and"):
            parts.append(self._negated(depth))
        return parts[0] if len(parts) == 1 else "(" + " AND ".join(parts) + ")"

    def _negated(self, depth: int) -> str:
        negated = False
        while self._take_word("not"):
            negated = not negated
        if self._take_mark("("):
            sql = self._either(depth + 1)
            self._need_mark(")")
        else:
            sql = self._condition()
        return f"(NOT {sql})" if negated else sql

    def _condition(self) -> str:
        self._count()
        left = self._operand()
        kind, token = self._next()
        if kind == "mark" and token in _COMPARISONS:
            sign = {"==": "=", "<>": "!="}.get(token, token)
            return f"({left.sql} {sign} {self._like_kind(left).sql})"
        word = token.lower() if kind == "word" else ""
        if word == "is":
            return self._null_test(left)
        negated = "NOT " if word == "not" else ""
        if negated:
            word = self._next()[1].lower()
        if word == "in":
            return f"({left.sql} {negated}IN ({', '.join(self._list(left))}))"
        if word == "between":
            return self._between(left, negated)
        if word in ("like", "ilike"):
            return f"({left.sql} {negated}{word.upper()} {self._pattern(left)})"
        raise self._refusal(f"has {token!r} where a comparison is needed")

    def _null_test(self, left: _Operand) -> str:
        negated = "NOT " if self._take_word("not") else ""
        if not self._take_word("null"):
            raise self._refusal("has IS without NULL after it")
        return f"({left.sql} IS {negated}NULL)"

    def _between(self, left: _Operand, negated: str) -> str:
        low = self._like_kind(left)
        if not self._take_word("and"):
            raise self._refusal("has BETWEEN without AND")
        return f"({left.sql} {negated}BETWEEN {low.sql} AND {self._like_kind(left).sql})"

    def _list(self, left: _Operand) -> list[str]:
        self._need_mark("(")
        values = [self._literal(left)]
        while self._take_mark(","):
            self._count()
            values.append(self._literal(left))
        self._need_mark(")")
        return values

    def _pattern(self, left: _Operand) -> str:
        pattern = self._literal(left)
        if not left.text:
            raise self._refusal("compares a number with a pattern")
        if "\\" in pattern:  # an escape in one engine and a plain character in the other
            raise self._refusal("has a backslash in a pattern")
        return pattern

    def _literal(self, left: _Operand) -> str:
        operand = self._like_kind(left)
        if operand.column:
            raise self._refusal(f"has {operand.sql} where a literal is needed")
        return operand.sql

    def _like_kind(self, left: _Operand) -> _Operand:
        """The next operand, which must be a text beside a text and a number beside a number."""
        right = self._operand()
        if left.text != right.text:
            raise self._refusal(f"compares {left.sql} with {right.sql}: one is a text, the other a number")
        return right

    def _operand(self) -> _Operand:
        kind, token = self._next()
        if kind == "number":
            return _Operand(repr(float(token)), text=False, column=False)
        if kind == "text":
            return _Operand(token, text=True, column=False)
        if kind == "quoted":
            return self._column(token[1:-1])
        if kind == "word" and token.lower() in ("lower", "upper") and self._take_mark("("):
            return self._cased(token.lower())
        if kind == "word" and token.lower() not in _WORDS:
            return self._column(token)
        raise self._refusal(f"has {token!r} where a column or a literal is needed" if token else "breaks off")

    def _cased(self, function: str) -> _Operand:
        operand = self._operand()
        self._need_mark(")")
        if not operand.text or not operand.column:
            raise self._refusal(f"takes {function} of what is no text column")
        return _Operand(f"{function}({operand.sql})", text=True, column=True)

    def _column(self, name: str) -> _Operand:
        alike = [column for column in self._schema if column.lower() == name.lower()]
        found = name if name in self._schema else alike[0] if len(alike) == 1 else None
        if found is None:
            raise self._refusal(f"names the column {name!r}, which is not there")
        target = self._names.get(found, found)
        if "`" in target:
            raise self._refusal(f"names the column {name!r}, whose backtick no filter can hold")
        return _Operand(f"`{target}`", text=not self._schema[found].is_numeric(), column=True)

    def _tokenize(self) -> list[tuple[str, str]]:
        tokens, at, end = [], 0, len(self._where.rstrip())
        while at < end:
            match = _TOKEN.match(self._where, at)
            if match is None or "\0" in match.group():
                raise self._refusal(f"cannot be read from {self._where[at : at + 20].strip()!r} on")
            tokens.append((str(match.lastgroup), match.group().strip()))
            at = match.end()
        return tokens

    def _next(self) -> tuple[str, str]:
        token = self._tokens[self._at] if self._at < len(self._tokens) else ("end", "")
        self._at += 1
        return token

    def _take_word(self, word: str) -> bool:
        return self._take("word", word)

    def _take_mark(self, mark: str) -> bool:
        return self._take("mark", mark)

    def _take(self, kind: str, wanted: str) -> bool:
        if self._at < len(self._tokens):
            found, token = self._tokens[self._at]
            if found == kind and token.lower() == wanted:
                self._at += 1
                return True
        return False

    def _need_mark(self, mark: str) -> None:
        if not self._take_mark(mark):
            found = self._next()[1] or "its end"
            raise self._refusal(f"has {found!r} where {mark!r} is needed")

    def _count(self) -> None:
        self._terms += 1
        if self._terms > _TERMS:
            raise self._refusal(f"has more than {_TERMS} conditions")

    def _refusal(self, what: str) -> OptionError:
        return OptionError(
            f"The filter {self._where[:100]!r} {what}.",
            "A filter compares columns with literals, such as price < 50 and brand = 'bose'.",
            f"The columns are {', '.join(self._schema)}.",
        )
