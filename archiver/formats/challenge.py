"""Bot challenges that answer in place of a page, known by their marks.

Every guard's script is also embedded in sound pages (Cloudflare's beacon, a captcha in a form), so a mark
alone proves nothing. A challenge is a document whose mark stands where only the challenge has it, and that
shows a person next to nothing else: a board shows names and numbers, or carries them as data.
"""

from __future__ import annotations

import re

VISIBLE_TEXT = 1_500
"""Characters of visible text that a challenge page stays under."""

LARGEST = 512 * 1024
"""Bytes that a challenge page stays under; a longer body is not looked at."""

# Linear in the length of a hostile page: nothing is looked for again from each place where it might begin.
_UNSEEN = re.compile(
    rb"<(script|style|svg|template)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)|<[^<>]*>", re.DOTALL | re.IGNORECASE
)
_SCRIPT = re.compile(rb"<script\b.*?(?:</script\s*>|\Z)", re.DOTALL)
_TITLE = re.compile(rb"<title[^<>]*>([^<]*)</title")

_DATA = re.compile(rb"<table\b|<tbody\b|self\.__next_f\.push|__next_data__|window\.gradio_config")
"""Marks of a page that carries a board's data: a guard's script in it watches, it does not bar the way."""

_TITLES = {
    "Cloudflare": rb"just a moment\b.*|attention required! \| cloudflare|please wait\.* \| cloudflare",
    "Vercel": rb"vercel security checkpoint",
    "Imperva": rb"pardon our interruption.*",
    "PerimeterX": rb"access to this page has been denied.*",
    "AWS WAF": rb"human verification",
    "Sucuri": rb"sucuri website firewall.*|you are being redirected\.*",
    "DDoS-Guard": rb"ddos-guard",
    "Anubis": rb"making sure you(?:'|&#39;|&#x27;|\xe2\x80\x99)re not a bot!?",
    "Yandex SmartCaptcha": "(?:вы не робот|ой!?|are you not a robot).*".encode(),
    "a bot guard": (
        "checking your browser.*|verifying (?:that )?you(?:r browser| are human).*|robot check|captcha"
        "|are you (?:a )?(?:robot|human).*|security check(?:point)?|human verification.*"
        "|проверка (?:браузера|безопасности).*"
    ).encode(),
}
"""Guard → the whole title of its page, lower case."""

_SURE = {
    "Cloudflare": rb"window\._cf_chl_opt\s*=|id=[\"']challenge-error-text"
    rb"|/cdn-cgi/challenge-platform/h/[bg]/orchestrate/",
    "Vercel": rb"/\.well-known/vercel/security/",
    "DataDome": rb"captcha-delivery\.com|var\s+dd\s*=\s*\{",
    "Akamai": rb"sec-if-cpt-container|/_sec/cp_challenge/|[?&]bm-verify=",
    "AWS WAF": rb"window\.gokuprops\s*=|awswafcookiedomainlist",
    "PerimeterX": rb"id=[\"']px-captcha[\"']",
    "Imperva": rb"incapsula incident id|/_incapsula_resource\?(?:cwudnsai|swudnsai)",
    "Kasada": rb"/149e9513-01fa-4fb0-aad4-566afd725d1b/[0-9a-f-]+/ips\.js",
    "Sucuri": rb"sucuri_cloudproxy_js",
    "DDoS-Guard": rb"/\.well-known/ddos-guard/(?:js-)?challenge",
    "Anubis": rb"id=[\"']anubis_challenge[\"']",
    "Yandex SmartCaptcha": rb"/showcaptcha\?|id=[\"']smartcaptcha-(?:status|form)",
}
"""Guard → a mark that only its challenge page has, in the page's source, lower case."""

_WIDGET = re.compile(
    rb"class=[\"'][^\"'<>]*\b(?:g-recaptcha|h-captcha|cf-turnstile|smart-captcha|frc-captcha)\b|id=[\"']captcha"
)
"""A captcha's own element: with no data around it and nothing to read, the page asks for it and no more."""


def challenger(body: bytes, document: bool) -> str | None:
    """Whose challenge page this body is, or None.

    document: whether it is an HTML document. A guard also answers programs with a few lines of JSON that
    name its captcha's address; those count too.
    """
    if not document:
        short_json = body[:1] == b"{" and len(body) < 2048
        return "DataDome" if short_json and b"captcha-delivery.com/" in body else None
    if len(body) > LARGEST:
        return None
    lower = body.lower()
    who = _by_mark(lower) or _by_title(lower) or _by_widget(lower)
    return who if who and _visible(body) < VISIBLE_TEXT else None


def _visible(body: bytes) -> int:
    """Characters that a person would see, runs of blanks counted once."""
    text = _UNSEEN.sub(b" ", body)
    return len(b" ".join(text.split()).decode("utf-8", "replace"))


def _by_mark(lower: bytes) -> str | None:
    """In a page with a board's data only Cloudflare's own settings count, and only ahead of the data."""
    data = _DATA.search(lower)
    sure = {"Cloudflare": rb"window\._cf_chl_opt\s*="} if data else _SURE
    head = lower[: data.start()] if data else lower
    return next((who for who, mark in sure.items() if re.search(mark, head)), None)


def _by_title(lower: bytes) -> str | None:
    found = _TITLE.search(lower)
    if not found or _DATA.search(lower):
        return None
    title = found[1].decode("utf-8", "replace").strip().lower().encode()
    return next((who for who, mark in _TITLES.items() if re.fullmatch(mark, title, re.DOTALL)), None)


def _by_widget(lower: bytes) -> str | None:
    return "a captcha" if not _DATA.search(lower) and _WIDGET.search(_SCRIPT.sub(b" ", lower)) else None
