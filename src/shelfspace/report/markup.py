"""HTML as values: every text is escaped unless it is `Html` already, so a title can never be markup."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from pathlib import Path

_VOID = frozenset({"meta", "input", "br", "rect", "line", "circle", "polyline", "polygon", "path"})

#: Control characters, which no page may hold, become the sign for what cannot be shown.
_CONTROLS = {code: "\ufffd" for code in range(32) if chr(code) not in "\t\n\r"}

#: What may stand as an attribute; True is a bare attribute, None and False leave it out.
Attribute = str | int | float | bool | None


#: What may not stand in a script element as it is.
_UNSAFE = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"} | _CONTROLS


@dataclass(frozen=True)
class Look:
    """The style sheets and scripts of a page, by their names here, and whether it shows images of its own."""

    styles: Sequence[str] = ("colours.css", "page.css")
    scripts: Sequence[str] = ("page.js",)
    images: bool = False


class Html(str):
    """Markup that this module has put together; no other text bears this type."""

    __slots__ = ()


def element(name: str, /, *children: str, **attributes: Attribute) -> Html:
    """The element with its children, each escaped unless it is `Html`.

    In attribute names an underscore stands for a hyphen, and a final one is dropped (`class_`).

    >>> element("b", "<script>", class_="name")
    '<b class="name">&lt;script&gt;</b>'
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    if name in _VOID:
        return Html(f"<{name}{written}>") if name in {"meta", "input", "br"} else Html(f"<{name}{written}/>")
    return Html(f"<{name}{written}>{join(children)}</{name}>")


def _attribute(key: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    if value is True:
        return f" {name}"
    text = f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return f' {name}="{_escaped(text)}"'


def join(children: Iterable[str]) -> Html:
    """The children one after the other, each escaped unless it is `Html`; empty for none."""
    return Html("".join(child if isinstance(child, Html) else _escaped(child) for child in children))


def _escaped(text: str) -> str:
    return escape(text.translate(_CONTROLS), quote=True)


def page(title: str, *body: str, look: Look | None = None) -> Html:
    """A whole page that asks nothing of any other server, styled and moved as `look` says.

    Its content policy lets this package's own style and script run and nothing else, should markup slip in.
    """
    look = look or Look()
    style, script = _joined(look.styles), _joined(look.scripts)
    policy = (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        f"{'img-src data:; ' if look.images else ''}base-uri 'none'; form-action 'none'"
    )
    head = element(
        "head",
        element("meta", charset="utf-8"),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        Html(f"<style>{style}</style>"),
    )
    main = element("body", element("main", *body), Html(f"<script>{script}</script>"))
    return Html(f"<!DOCTYPE html>\n{element('html', head, main, lang='en')}\n")


def data_element(identifier: str, value: object) -> Html:
    """A block of JSON that a script reads, which no text in it can end: `<` is written by its number."""
    written = json.dumps(value, ensure_ascii=False, allow_nan=False).translate(_UNSAFE)
    return Html(f'<script type="application/json" id="{_escaped(identifier)}">{written}</script>')


def _joined(names: Sequence[str]) -> str:
    return "".join(files("shelfspace.report").joinpath(name).read_text("utf-8") for name in names)


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def write_page(path: str | Path, html: Html) -> Path:
    """The path of the page just written, its folder made where there was none."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(html, encoding="utf-8", errors="replace", newline="\n")
    return path
