"""What is read from a row of a file, and what is wrong with it."""

from typing import Any

Problem = list[Any]
"""[code, column number or None, parameter]: what `ImportRow.problems` keeps."""
Values = dict[str, Any]
"""By the keys of targets, as JSON can hold them; empty cells are left out."""
