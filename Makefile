# Evergreen CRM. `make run` and `make test` need only Python 3.11 or newer.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$name; exit; fi; done; echo python3)

export PORT ARGS

.PHONY: run test check format walk services setup stop
run test check format walk services setup stop:
	@$(PYTHON) -m launch $@
