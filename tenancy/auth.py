"""Django's `has_perm` and `{% if perms… %}` answer for the organisation whose page is open."""

from django.contrib.auth.backends import BaseBackend

from tenancy.access import current_viewer


class ViewerBackend(BaseBackend):
    def get_all_permissions(self, user_obj, obj=None) -> set[str]:
        viewer = current_viewer.get()
        if viewer is None or viewer.membership.user_id != user_obj.pk:
            return set()
        return set(viewer.rights)

    def has_perm(self, user_obj, perm: str, obj=None) -> bool:
        viewer = current_viewer.get()
        return viewer is not None and viewer.membership.user_id == user_obj.pk and viewer.can(perm)

    def has_module_perms(self, user_obj, app_label: str) -> bool:
        return any(code.startswith(f"{app_label}.") for code in self.get_all_permissions(user_obj))
