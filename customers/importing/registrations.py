"""What the import tells the rest of the house when it starts."""

from django.utils.translation import gettext_lazy as _

from customers.actions.import_batch import APPLY, CHECK, REVERT, purge_old
from customers.actions.import_jobs import page_of, run_apply, run_check, run_revert
from customers.importing.problems import FILE_PROBLEMS
from workspace.registry import Command, DueKind, JobKind, commands, due_kinds, job_kinds
from workspace.schedule import nightly

IMPORT = "customers.import_customer"

job_kinds.register(
    JobKind(
        CHECK,
        _("Check an import"),
        run_check,
        IMPORT,
        icon="file-search",
        stages={"check": _("Checking rows")},
        errors=FILE_PROBLEMS,
        url=page_of,
    )
)
job_kinds.register(
    JobKind(
        APPLY,
        _("Import customers"),
        run_apply,
        IMPORT,
        icon="file-import",
        stages={"apply": _("Saving customers")},
        url=page_of,
    )
)
job_kinds.register(
    JobKind(
        REVERT,
        _("Revert an import"),
        run_revert,
        IMPORT,
        icon="arrow-back-up",
        stages={"revert": _("Reverting")},
        url=page_of,
    )
)
due_kinds.register(
    DueKind("customers.import_purge", _("Destroy old import files"), purge_old, nightly(3, 30), order=60)
)
commands.register(
    Command(
        "customers.import",
        _("Import customers"),
        "file-import",
        "customers:import_upload",
        IMPORT,
        order=30,
        keywords=_("upload csv xlsx excel file"),
    )
)
