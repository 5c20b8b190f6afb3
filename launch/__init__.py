"""Sets up and runs Evergreen CRM from a fresh checkout: `python3 -m launch run` and its siblings.

Everything here is standard library only: it runs before the virtual environment exists.
"""
