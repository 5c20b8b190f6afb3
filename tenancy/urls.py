from django.urls import path

from tenancy.views import department, explain, invitation, member, member_options, organization, role

app_name = "tenancy"
urlpatterns = [
    path("members/", member.MemberListView.as_view(), name="members"),
    path(
        "members/options/<str:source>/",
        member_options.MemberOptionsView.as_view(),
        name="member_options",
    ),
    path("members/<uuid:pk>/", member.MemberView.as_view(), name="member"),
    path("members/<uuid:pk>/edit/", member.MemberEditView.as_view(), name="member_edit"),
    path("members/<uuid:pk>/end/", member.MemberEndView.as_view(), name="member_end"),
    path("members/<uuid:pk>/reactivate/", member.MemberReactivateView.as_view(), name="member_reactivate"),
    path("invitations/", invitation.InvitationListView.as_view(), name="invitations"),
    path("invitations/new/", invitation.InvitationCreateView.as_view(), name="invitation_create"),
    path(
        "invitations/<uuid:pk>/resend/", invitation.InvitationResendView.as_view(), name="invitation_resend"
    ),
    path(
        "invitations/<uuid:pk>/withdraw/",
        invitation.InvitationWithdrawView.as_view(),
        name="invitation_withdraw",
    ),
    path("departments/", department.DepartmentListView.as_view(), name="departments"),
    path("departments/new/", department.DepartmentCreateView.as_view(), name="department_create"),
    path("departments/<uuid:pk>/edit/", department.DepartmentEditView.as_view(), name="department_edit"),
    path(
        "departments/<uuid:pk>/delete/", department.DepartmentDeleteView.as_view(), name="department_delete"
    ),
    path("roles/", role.RoleListView.as_view(), name="roles"),
    path("roles/new/", role.RoleCreateView.as_view(), name="role_create"),
    path("roles/<uuid:pk>/", role.RoleView.as_view(), name="role"),
    path("roles/<uuid:pk>/edit/", role.RoleEditView.as_view(), name="role_edit"),
    path("roles/<uuid:pk>/reset/", role.RoleResetView.as_view(), name="role_reset"),
    path("roles/<uuid:pk>/delete/", role.RoleDeleteView.as_view(), name="role_delete"),
    path("organization/", organization.OrganizationSettingsView.as_view(), name="organization"),
    path("explain/", explain.ExplainView.as_view(), name="explain"),
]
