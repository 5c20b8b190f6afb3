from tenancy.tests.conftest import inside_ours, ours, theirs  # noqa: F401
