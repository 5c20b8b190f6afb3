"""Fields of forms, as crispy lays them out, at a quarter of the price. A builtin tag library: no `{% load %}` needed."""

from html import escape

from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field
from django import forms, template
from django.forms import BoundField
from django.forms.utils import flatatt
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

SINGLE_INPUTS = (forms.TextInput, forms.Textarea, forms.Select)
REQUIRED = mark_safe('<span class="asteriskField">*</span>')


@register.simple_tag
def field(bound: BoundField) -> SafeString:
    """A labelled field with its errors and help. A single tick box and what has several inputs are crispy's own work.

    `asked` on a form's field that is not `required`: it is marked as if it were, and the form itself asks for it.
    """
    widget = bound.field.widget
    if getattr(bound.field, "asked", False) and not bound.field.required:
        bound.label = format_html("{}{}", bound.field.label, REQUIRED)
    # Tick boxes to choose several are a kind of radio buttons.
    if isinstance(widget, forms.RadioSelect) and not bound.field.show_hidden_initial:
        return _choices(bound)
    return _single(bound) if isinstance(widget, SINGLE_INPUTS) else as_crispy_field(bound)


@register.filter
def marked(bound: BoundField) -> SafeString:
    """The input alone, as its widget says; marked when it is wrong."""
    css = bound.field.widget.attrs.get("class", "")
    return bound.as_widget(attrs={"class": f"{css} is-invalid"} if bound.errors else None)


def _single(bound: BoundField) -> SafeString:
    css = "form-select" if isinstance(bound.field.widget, forms.Select) else "form-control"
    widget = bound.as_widget(attrs={"class": f"{css} is-invalid" if bound.errors else css})
    if bound.field.show_hidden_initial:
        widget += bound.as_hidden(only_initial=True)
    return format_html(
        '<div id="div_{}" class="mb-3"><label for="{}" class="form-label">{}{}</label>{}{}{}</div>',
        *(bound.auto_id, bound.id_for_label, bound.label, REQUIRED if bound.field.required else "", widget),
        *(_errors(bound), _help(bound)),
    )


def _choices(bound: BoundField) -> SafeString:
    """A box or button for each choice, under the headings of their groups."""
    widget, css = bound.field.widget, "form-check-input is-invalid" if bound.errors else "form-check-input"
    context = widget.get_context(
        bound.html_name, bound.value(), bound.build_widget_attrs({"id": bound.auto_id})
    )
    lines: list[SafeString] = []
    for group, options, _place in context["widget"]["optgroups"]:
        if group:
            lines.append(format_html("<strong>{}</strong>", group))
        lines += [_choice(option, css) for option in options]
    described = (
        format_html(' aria-describedby="{}"', bound.aria_describedby) if bound.aria_describedby else ""
    )
    return format_html(
        '<div id="div_{}" class="mb-3"><fieldset{}><legend class="form-label fs-6">{}{}</legend>'
        "<div>{}</div>{}{}</fieldset></div>",
        *(bound.auto_id, described, bound.label, REQUIRED if bound.field.required else ""),
        mark_safe("".join(lines)),  # noqa: S308 - of SafeStrings
        *(_errors(bound, "invalid-feedback d-block"), _help(bound)),
    )


def _choice(option: dict, css: str) -> SafeString:
    """As by `format_html`, at a third of the price: there may be hundreds, hardly one of which has more to it."""
    key, more = escape(option["attrs"].pop("id", "")), option["attrs"]
    return mark_safe(  # noqa: S308 - of escaped values
        f'<div class="form-check"><input type="{option["type"]}" class="{css}" name="{escape(option["name"])}"'
        f' value="{escape(str(option["value"]))}" id="{key}"{flatatt(more) if more else ""}>'
        f'<label for="{key}" class="form-check-label">{conditional_escape(option["label"])}</label></div>'
    )


def _errors(bound: BoundField, css: str = "invalid-feedback") -> SafeString | str:
    if not bound.errors:
        return ""
    lines = format_html_join("", "<p><strong>{}</strong></p>", ((error,) for error in bound.errors))
    return format_html('<div id="{}_error" class="{}">{}</div>', bound.auto_id, css, lines)


def _help(bound: BoundField) -> SafeString | str:
    if not bound.help_text:
        return ""
    return format_html('<div id="{}_helptext" class="form-text">{}</div>', bound.auto_id, bound.help_text)
