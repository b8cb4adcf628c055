"""Rows, tables and pages: what answers look like. Nothing here asks a question."""
