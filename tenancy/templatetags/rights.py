"""Rights in words."""

from collections.abc import Iterable

from django import template
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tenancy.explain import EffectiveRight, Explanation
from tenancy.permission_catalogue import code_of, label_of_code, offered_permissions, right_groups
from tenancy.sharing import Share

register = template.Library()


@register.simple_tag
def rights_by_app(rights: Iterable[EffectiveRight]) -> list[dict]:
    """What is allowed, in words, by app: [{label, reach, lines: [{reach, label}]}].

    The reach that all rights of an app have in common is said once, by the app; otherwise each line has its own.
    """
    held = {right.code: _reach(right) for right in rights}
    return [
        _with_reach(group.label, [{"label": one.label, "reach": held[one.code]} for one in group.rights])
        for group in right_groups(row for row in offered_permissions() if code_of(row) in held)
    ]


def _reach(right: EffectiveRight) -> str:
    return f"{right.scope.label} · {', '.join(map(str, right.roles))}"


def _with_reach(label: str, lines: list[dict]) -> dict:
    reaches = {line["reach"] for line in lines}
    if len(reaches) > 1:
        return {"label": label, "reach": "", "lines": lines}
    shared = reaches.pop() if reaches else ""
    return {"label": label, "reach": shared, "lines": [{**line, "reach": ""} for line in lines]}


@register.simple_tag
def permission_label(code: str) -> str:
    return label_of_code(code)


@register.simple_tag
def reasons(answer: Explanation) -> list[str]:
    """The steps of an explanation, each a sentence."""
    name = {"name": answer.member.name}
    if not answer.member.is_active:
        return [_("%(name)s is no longer a member: no role counts.") % name]
    lines = [_role_line(step) for step in answer.roles] or [_("%(name)s has no role.") % name]
    if answer.scope is None:
        return [*lines, _("No role allows this, so nothing else matters.")]
    lines.append(
        _("The widest reach among the roles that allow it: %(scope)s.") % {"scope": answer.scope.label}
    )
    return [*lines, *_owner_lines(answer)]


def _role_line(step) -> str:
    facts = {"role": step.role, "scope": step.scope.label}
    if step.grants:
        return _("The role “%(role)s” allows it, with the reach: %(scope)s.") % facts
    return _("The role “%(role)s” does not allow it.") % facts


def _owner_lines(answer: Explanation) -> list[str]:
    if not answer.owned:
        lines = [_("Records of this kind have no owner: whoever holds the permission sees all of them.")]
    elif answer.owner is None:
        lines = [_("Nobody owns the record: only a reach over the whole organisation covers it.")]
    else:
        department = answer.owner.department
        facts = {
            "owner": answer.owner.name,
            "department": department.name if department else _("no department"),
        }
        lines = [_("The record belongs to %(owner)s (%(department)s).") % facts]
        within = (
            _("The reach covers %(owner)s's records.")
            if answer.within
            else _("The reach does not cover %(owner)s's records.")
        )
        lines.append(within % facts)
    lines += [_share_line(share) for share in answer.shares]
    if answer.allowed and not answer.reasoned:
        lines.append(
            _("They are let in by another rule of this kind of record, such as working on it together.")
        )
    return lines


def _share_line(share: Share) -> str:
    facts = {"by": share.by.name if share.by else _("somebody"), "level": share.level.label}
    with_whom = (
        _("%(by)s shared it with the team %(team)s: %(level)s") % {**facts, "team": share.team}
        if share.team
        else _("%(by)s shared it with them: %(level)s") % facts
    )
    if share.until is None:
        return _("%(sharing)s, without an end.") % {"sharing": with_whom}
    until = date_format(share.until, "SHORT_DATE_FORMAT")
    return _("%(sharing)s, until %(until)s.") % {"sharing": with_whom, "until": until}
