"""Watching: what happened on boards and to the collection, told to those who want to know, once each.

news      rank events of the snapshots that captures brought since the last time
trouble   what is wrong with the collection now, and what is over
state     what has been told, and what could not be told yet
deliver   out through Apprise, under a deadline, again later where a target fails
"""

from __future__ import annotations

from .deliver import Sent, understood
from .run import Told, tell, test

__all__ = ["Sent", "Told", "tell", "test", "understood"]
