from tenancy.access import Viewer
from workspace.models import Job
from workspace.models.job import JobQuerySet


def jobs_for(viewer: Viewer, permission: str = "workspace.view_job") -> JobQuerySet:
    """One's own jobs always; those of others as far as the permission reaches; the system's own for the
    whole organisation.
    """
    reach = viewer.reach(permission)
    if reach and reach.everyone:
        return Job.objects.all()
    others = reach.members if reach else ()
    return Job.objects.filter(requested_by__in={viewer.membership.pk, *others})
