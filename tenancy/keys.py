"""Keys of rows as addresses and forms bring them: texts that anybody may have written."""

import uuid
from collections.abc import Iterable


def key_in(text: str) -> uuid.UUID | None:
    """The key that the text is; None when it is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def keys_in(texts: Iterable[str]) -> list[uuid.UUID]:
    """Those of `texts` that are keys, in their order."""
    return [key for key in map(key_in, texts) if key]
