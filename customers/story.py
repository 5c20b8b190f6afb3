"""Lines of the timeline in words, in the reader's language."""

from collections.abc import Mapping
from datetime import date

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from customers.custom import OWN
from customers.enums import ConsentChannel, ConsentState, InvalidReason
from customers.models import Customer, CustomerNeeds, CustomField
from customers.models.labels import in_language
from customers.queries.verification import thing_label
from customers.relations import BY_KEY
from tenancy.enums import ShareLevel


def created(params: Mapping) -> str:
    return _("Customer created") + _overruled(params)


def imported(params: Mapping) -> str:
    return _("Imported from a file")


def edited(params: Mapping) -> str:
    names = [field_label(name) for name in params.get("fields", ())]
    names += [in_language(chinese, english) for chinese, english in params.get("own", ())]
    changed = _("Changed: %(fields)s") % {"fields": _(", ").join(names)} if names else _("Customer edited")
    return changed + _overruled(params)


def invalid(params: Mapping) -> str:
    reason = params.get("reason", "")
    if not reason:
        return _("Valid again")
    return _("Marked as invalid: %(reason)s") % {"reason": dict(InvalidReason.choices).get(reason, reason)}


def owner_changed(params: Mapping) -> str:
    if not params.get("name"):
        return _("Nobody owns the customer any more")
    return _("New owner: %(name)s") % {"name": params["name"]}


def people_changed(params: Mapping) -> str:
    texts = {
        "added": _("Contact person added: %(name)s"),
        "edited": _("Contact person changed: %(name)s"),
        "removed": _("Contact person removed: %(name)s"),
    }
    return texts.get(params.get("what", ""), _("Contact persons changed")) % {"name": params.get("name", "")}


def related(params: Mapping) -> str:
    role = BY_KEY.get(params.get("role", ""))
    label = role.label if role else ""
    text = (
        _("Relation removed: %(role)s") if params.get("what") == "removed" else _("Relation added: %(role)s")
    )
    return text % {"role": label}


def archived(params: Mapping) -> str:
    return _("Customer archived")


def restored(params: Mapping) -> str:
    return _("Customer restored")


_OTHER_FIELDS = {
    "points": gettext_lazy("Contact details"),
    "aliases": gettext_lazy("Other names"),
    "people": gettext_lazy("Contact persons"),
    "tags": pgettext_lazy("on customers", "Tags"),
    "unsuitable_times": gettext_lazy("Unsuitable visiting times"),
}


def merged(params: Mapping) -> str:
    if params.get("into"):
        return _("Merged into %(name)s") % {"name": params["into"]}
    return _("Merged with %(names)s") % {"names": _(", ").join(params.get("names", ()))}


def unmerged(params: Mapping) -> str:
    return _("The merge was undone")


def merged_by_somebody(params: Mapping) -> str:
    n = params.get("n", 2)
    return ngettext("%(n)s customer was merged into one", "%(n)s customers were merged into one", n) % {
        "n": n
    }


def field_label(name: str) -> str:
    """The name of a customer's field in the reader's language."""
    if name in _OTHER_FIELDS:
        return str(_OTHER_FIELDS[name])
    if name.startswith(OWN):
        return str(CustomField.objects.filter(key=name[2:]).first() or name[2:])
    field = next(one for one in (*Customer._meta.fields, *CustomerNeeds._meta.fields) if one.name == name)
    return capfirst(str(field.verbose_name))


def _overruled(params: Mapping) -> str:
    return _(" (a possible duplicate was pointed out)") if params.get("despite") else ""


def verified(params: Mapping) -> str:
    checked = params.get("checked", {})
    parts = [_("Data verified")]
    for answer, text in (("wrong", _("wrong: %(things)s")), ("changed", _("changed: %(things)s"))):
        if checked.get(answer):
            parts.append(text % {"things": _(", ").join(thing_label(key) for key in checked[answer])})
    return " · ".join(parts)


def verification_due(params: Mapping) -> str:
    n = params.get("n", 0)
    text = ngettext("%(n)s customer is due for verification", "%(n)s customers are due for verification", n)
    return text % {"n": n}


def tagged(params: Mapping) -> str:
    chinese = (get_language() or "").startswith("zh")
    labels = [(zh or en) if chinese else (en or zh) for zh, en in params.get("labels", ())]
    text = _("Tags removed: %(tags)s") if params.get("what") == "removed" else _("Tags added: %(tags)s")
    return text % {"tags": _(", ").join(labels)}


def shared(params: Mapping) -> str:
    facts = {"name": params.get("name", ""), "level": ShareLevel(params.get("level", 1)).label}
    if not params.get("until"):
        return _("Shared with %(name)s: %(level)s") % facts
    until = date_format(date.fromisoformat(params["until"]), "SHORT_DATE_FORMAT")
    return _("Shared with %(name)s until %(until)s: %(level)s") % {**facts, "until": until}


def unshared(params: Mapping) -> str:
    return _("No longer shared with %(name)s") % {"name": params.get("name", "")}


def shared_with_you(params: Mapping) -> str:
    n = params.get("n", 1)
    text = ngettext(
        "%(n)s customer was shared with you: %(level)s", "%(n)s customers were shared with you: %(level)s", n
    )
    return text % {"n": n, "level": ShareLevel(params.get("level", 1)).label}


def shared_by_other(params: Mapping) -> str:
    n = params.get("n", 1)
    text = ngettext(
        "%(n)s customer of yours was shared with a colleague",
        "%(n)s customers of yours were shared with a colleague",
        n,
    )
    return text % {"n": n}


def share_left(params: Mapping) -> str:
    return _("%(name)s no longer works on a customer of yours") % {"name": params.get("name", "")}


def consented(params: Mapping) -> str:
    purpose = in_language(*params.get("purpose", ("", "")))
    given = params.get("state") == ConsentState.GIVEN
    text = _("Agreed: %(purpose)s") if given else _("Withdrew the consent: %(purpose)s")
    channel = dict(ConsentChannel.choices).get(params.get("channel", ""), "")
    return f"{text % {'purpose': purpose}} ({channel})" if channel else text % {"purpose": purpose}
