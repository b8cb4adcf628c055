"""`python -m archiver.cli`, for a checkout without its scripts on the path."""

from .main import run

run()
