"""Answers handed on to other programs: a data package of rows, and a feed of what happened on boards."""

from __future__ import annotations

from .feed import feed
from .package import Choice, Form, Package, package

__all__ = ["Choice", "Form", "Package", "feed", "package"]
