"""Readers that sources share: bytes in, plain Python values out.

Each owns the library it needs, imports it where it is used, and translates its errors to `ParseFailed`. A
reader knows a format, never a publisher.
"""
