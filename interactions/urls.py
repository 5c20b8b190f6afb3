from django.urls import path

from interactions.views import interaction, lists, plan, policy

app_name = "interactions"
urlpatterns = [
    path("log/", lists.LogListView.as_view(), name="list"),
    path("new/", interaction.LogView.as_view(), name="create"),
    path("owed/", lists.OwedView.as_view(), name="owed"),
    path("policy/", policy.PolicyView.as_view(), name="policy"),
    path("of/<uuid:pk>/", lists.PanelView.as_view(), name="panel"),
    path("plans/new/", plan.PlanCreateView.as_view(), name="plan_create"),
    path("plans/<uuid:pk>/done/", plan.PlanDoneView.as_view(), name="plan_done"),
    path("plans/<uuid:pk>/follow-up/", plan.PlanFollowUpView.as_view(), name="plan_follow_up"),
    path("plans/<uuid:pk>/postpone/", plan.PlanPostponeView.as_view(), name="plan_postpone"),
    path("plans/<uuid:pk>/cancel/", plan.PlanCancelView.as_view(), name="plan_cancel"),
    path("plans/steps/<uuid:pk>/undo/", plan.PlanUndoView.as_view(), name="plan_undo"),
    path("<uuid:pk>/", interaction.DetailView.as_view(), name="detail"),
    path("<uuid:pk>/edit/", interaction.EditView.as_view(), name="edit"),
    path("<uuid:pk>/delete/", interaction.ArchiveView.as_view(), name="archive"),
    path("<uuid:pk>/restore/", interaction.RestoreView.as_view(), name="restore"),
    path("<uuid:pk>/undo/", interaction.UndoView.as_view(), name="undo"),
]
