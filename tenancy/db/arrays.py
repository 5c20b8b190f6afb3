"""Python lists as PostgreSQL array literals: one parameter for a column of a whole batch.

`INSERT … SELECT FROM unnest(…)` of a few of them costs a tenth of binding a parameter for every value. (COPY is refused under
row-level security.) Bytes travel as hexadecimal text and are decoded in the statement.
"""

import uuid
from collections.abc import Iterable


def texts(values: Iterable[str | None]) -> str:
    return "{" + ",".join(["NULL" if value is None else _quoted(value) for value in values]) + "}"


def plain(values: Iterable[object]) -> str:
    """For numbers, dates and keys, which need no quoting; None is NULL."""
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def keys(values: Iterable[uuid.UUID | None]) -> str:
    return "{" + ",".join(["NULL" if value is None else value.hex for value in values]) + "}"


def blobs(values: Iterable[bytes | None]) -> str:
    """For `decode(column, 'hex')`."""
    return "{" + ",".join(["NULL" if value is None else value.hex() or '""' for value in values]) + "}"


def _quoted(value: str) -> str:
    if "\\" in value or '"' in value:
        value = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{value}"'
