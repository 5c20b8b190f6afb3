from workspace.tests.conftest import browser, inside_ours, media, ours, owner  # noqa: F401
