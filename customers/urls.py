from django.urls import path

from customers.views import bulk, detail, edit, imports, listing, person, reveal, state

app_name = "customers"
urlpatterns = [
    path("", listing.CustomerListView.as_view(), name="list"),
    path("filters/", listing.CustomerFilterView.as_view(), name="filters"),
    path("columns/", listing.ColumnChoiceView.as_view(), name="columns"),
    path("new/", edit.CustomerCreateView.as_view(), name="create"),
    path("quick/", edit.QuickCreateView.as_view(), name="quick_create"),
    path("duplicates/", edit.DuplicateCheckView.as_view(), name="duplicates"),
    path("bulk/archive/", bulk.BulkArchiveView.as_view(), name="bulk_archive"),
    path("bulk/restore/", bulk.BulkRestoreView.as_view(), name="bulk_restore"),
    path("bulk/assign/", bulk.BulkAssignView.as_view(), name="bulk_assign"),
    path("undo/<uuid:batch>/", bulk.UndoView.as_view(), name="undo"),
    path("imports/", imports.ImportListView.as_view(), name="imports"),
    path("imports/new/", imports.ImportUploadView.as_view(), name="import_upload"),
    path("imports/<uuid:pk>/columns/", imports.ImportMapView.as_view(), name="import_map"),
    path("imports/<uuid:pk>/", imports.ImportPreviewView.as_view(), name="import_preview"),
    path("imports/<uuid:pk>/progress/", imports.ImportProgressView.as_view(), name="import_progress"),
    path("imports/<uuid:pk>/result/", imports.ImportResultView.as_view(), name="import_result"),
    path("imports/<uuid:pk>/rejected/", imports.ImportRejectedView.as_view(), name="import_rejected"),
    path("imports/<uuid:pk>/revert/", imports.ImportRevertView.as_view(), name="import_revert"),
    path("imports/<uuid:pk>/discard/", imports.ImportDiscardView.as_view(), name="import_discard"),
    path("<uuid:pk>/", detail.CustomerDetailView.as_view(), name="detail"),
    path("<uuid:pk>/timeline/", detail.CustomerTimelineView.as_view(), name="timeline"),
    path("<uuid:pk>/files/", detail.CustomerFilesView.as_view(), name="files"),
    path("<uuid:pk>/edit/", edit.CustomerEditView.as_view(), name="edit"),
    path("<uuid:pk>/assign/", state.AssignView.as_view(), name="assign"),
    path("<uuid:pk>/archive/", state.ArchiveView.as_view(), name="archive"),
    path("<uuid:pk>/restore/", state.RestoreView.as_view(), name="restore"),
    path("<uuid:pk>/details/<uuid:point>/", reveal.RevealPointView.as_view(), name="reveal_point"),
    path("<uuid:pk>/numbers/<slug:field>/", reveal.RevealNumberView.as_view(), name="reveal_number"),
    path("<uuid:pk>/people/new/", person.PersonCreateView.as_view(), name="person_create"),
    path("<uuid:pk>/people/<uuid:person>/", person.PersonEditView.as_view(), name="person_edit"),
    path("<uuid:pk>/people/<uuid:person>/remove/", person.PersonRemoveView.as_view(), name="person_remove"),
]
