"""Where derivations come from: shipped with klderive, an installed package, or a file.

Listing them reads source text only; loading one runs its file.
"""

from klderive.library.catalogue import Entry, catalogue, names
from klderive.library.errors import LibraryError
from klderive.library.loading import is_path, load, load_all
from klderive.library.relations import DocumentRelation, document_relations

__all__ = [
    "DocumentRelation",
    "Entry",
    "LibraryError",
    "catalogue",
    "document_relations",
    "is_path",
    "load",
    "load_all",
    "names",
]
