"""Who is who: listed names mapped to models, families, organisations and countries by reviewed data files.

Nothing is guessed by likeness. `fold` is how names are compared; fold.sql is the same for questions inside
the database, which answer from the tables `aliases` and `names` and never load this registry.
"""

from .folding import SQL, fold
from .registry import Registry, Resolved
from .typed import Alias

__all__ = ["SQL", "Alias", "Registry", "Resolved", "fold"]
