from django.urls import path

from workspace.views import attachment, job, notification, palette, saved_view

app_name = "workspace"
urlpatterns = [
    path("jobs/", job.JobListView.as_view(), name="jobs"),
    path("jobs/<uuid:pk>/", job.JobDetailView.as_view(), name="job"),
    path("jobs/<uuid:pk>/progress/", job.JobProgressView.as_view(), name="job_progress"),
    path("jobs/<uuid:pk>/cancel/", job.JobCancelView.as_view(), name="job_cancel"),
    path("jobs/<uuid:pk>/retry/", job.JobRetryView.as_view(), name="job_retry"),
    path("notifications/", notification.NotificationListView.as_view(), name="notifications"),
    path("notifications/read/", notification.NotificationReadAllView.as_view(), name="notifications_read"),
    path("notifications/<uuid:pk>/", notification.NotificationOpenView.as_view(), name="notification"),
    path(
        "notifications/<uuid:pk>/read/", notification.NotificationReadView.as_view(), name="notification_read"
    ),
    path("folders/<uuid:pk>/", attachment.FolderView.as_view(), name="folder"),
    path("files/<uuid:pk>/", attachment.AttachmentFileView.as_view(), name="attachment"),
    path("files/<uuid:pk>/delete/", attachment.AttachmentDeleteView.as_view(), name="attachment_delete"),
    path("files/<uuid:pk>/restore/", attachment.AttachmentRestoreView.as_view(), name="attachment_restore"),
    path("views/", saved_view.SavedViewListView.as_view(), name="views"),
    path("views/new/", saved_view.SavedViewCreateView.as_view(), name="view_create"),
    path("views/<uuid:pk>/edit/", saved_view.SavedViewEditView.as_view(), name="view_edit"),
    path("views/<uuid:pk>/delete/", saved_view.SavedViewDeleteView.as_view(), name="view_delete"),
    path("views/<uuid:pk>/move/", saved_view.SavedViewMoveView.as_view(), name="view_move"),
    path("palette/", palette.PaletteView.as_view(), name="palette"),
]
