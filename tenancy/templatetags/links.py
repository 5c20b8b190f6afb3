from django import template

from tenancy.links import organization_url

register = template.Library()


@register.simple_tag
def link(name: str, pk=None, **kwargs) -> str:
    """Address of a page of the organisation in force: {% link "customers:detail" customer.pk %}."""
    if pk is not None:
        kwargs["pk"] = pk
    return organization_url(name, **kwargs)
