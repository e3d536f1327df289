"""What people and branches are called, read as it is asked for: an answer names a few of them, a campaign has thousands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from workflow.canonical import canonical
from workflow.store import Store

_OF_ALL = "SELECT id, name FROM workflow_person UNION ALL SELECT id, title FROM workflow_branch"
_OF_THESE = """SELECT id, name FROM workflow_person WHERE id IN (SELECT value FROM json_each(?1))
    UNION ALL SELECT id, title FROM workflow_branch WHERE id IN (SELECT value FROM json_each(?1))"""


class Names(Mapping[str, str]):
    """Names of people and titles of branches by id. What was read once is kept: it is for one answer, or one run."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._asked: dict[str, str | None] = {}  # None: there is nobody and nothing of that id

    def read(self, idents: Iterable[str]) -> None:
        """Read several at once, where it is known who will be named."""
        wanted = [ident for ident in dict.fromkeys(idents) if ident not in self._asked]
        if wanted:
            self._asked |= {**dict.fromkeys(wanted), **dict(self._store.rows(_OF_THESE, (canonical(wanted),)))}

    def __getitem__(self, ident: str) -> str:
        self.read([ident])
        name = self._asked[ident]
        if name is None:
            raise KeyError(ident)
        return name

    def __iter__(self) -> Iterator[str]:
        return iter(everybody(self._store))

    def __len__(self) -> int:
        return len(everybody(self._store))


def everybody(store: Store) -> dict[str, str]:
    """Every name, in one query."""
    return dict(store.rows(_OF_ALL))
