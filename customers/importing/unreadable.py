"""What a cell that cannot be read says of itself."""

from typing import Any


class Unreadable(ValueError):
    """The cell does not hold what its column should: a code of `problems.ROW_PROBLEMS`, and its parameter."""

    def __init__(self, code: str, param: Any = None) -> None:
        super().__init__(code)
        self.code, self.param = code, param
