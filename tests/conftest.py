"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("archiver", deadline=None)  # a timing never fails a test
settings.load_profile("archiver")
