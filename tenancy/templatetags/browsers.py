from django import template

from tenancy.browser_names import browser_name, is_handheld

register = template.Library()
register.filter("browser_name", browser_name)
register.filter("is_handheld", is_handheld)
