"""The project's own pages for `tenancy/tests/test_matrix.py`."""

from tenancy.tests.matrix import Case

CASES = {"today": Case(None)}
