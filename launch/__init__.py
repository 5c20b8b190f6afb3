"""Sets up and runs Evergreen CRM from a fresh checkout: `python3 -m launch run|test|check|walk|services|setup|stop`.

Everything here is standard library only: it runs before the virtual environment exists.
"""
