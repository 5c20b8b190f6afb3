from django.urls import path
from django.views.generic import TemplateView

urlpatterns = [path("static-template", TemplateView.as_view(template_name="benchmarks/static.html"))]
