"""The HTML of an email, made from its plain text so that both always say the same."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

_LINK = re.compile(r"(?P<label>[^\n]*?):?\s*(?P<url>https?://\S+)")
_PAGE = Markup(
    """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title></head>
<body style="margin:0;background:#f6f8f8;color:#14242b;\
font:17px/1.55 -apple-system,'Segoe UI',Roboto,sans-serif">
<div style="max-width:34rem;margin:0 auto;padding:24px 20px">
<p style="font:600 20px/1.2 Charter,Cambria,Georgia,serif;margin:0 0 16px">{title}</p>
<div style="background:#ffffff;border-radius:14px;padding:8px 24px">{body}</div>
<div style="color:#4b5d64;font-size:15px;padding:8px 4px">{foot}</div>
</div></body></html>
"""
)


def to_html(text: str, foot: str, *, title: str, lang: str) -> str:
    """A small page with the text's paragraphs. "Label: https://…" alone becomes a link."""
    return str(_PAGE.format(lang=lang, title=title, body=_blocks(text), foot=_blocks(foot)))


def _blocks(text: str) -> Markup:
    return Markup("\n").join(
        Markup("<p>{}</p>").format(Markup("<br>").join(_line(line) for line in block.split("\n")))
        for block in re.split(r"\n\s*\n", text.strip())
    )


def _line(line: str) -> Markup:
    found = _LINK.fullmatch(line.strip())
    if found is None:
        return escape(line)
    label = found["label"].strip() or found["url"]
    style = "color:#12586a;font-weight:600"
    return Markup('<a href="{}" style="{}">{}</a>').format(found["url"], style, label)
