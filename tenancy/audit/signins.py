"""Who signed in, or failed to, and what they did to their credentials: allauth tells, the platform's chain records."""

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.contrib.auth import signals as auth
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from tenancy.audit.platform import PlatformEvent, record_event, watch_platform_tables
from tenancy.origin import origin_of

post_migrate.connect(watch_platform_tables, dispatch_uid="tenancy.audit.platform")


def _record(event: PlatformEvent, request: HttpRequest | None, user, **note: object) -> None:
    origin = origin_of(request) if request else ""
    person = user.pk if user is not None else None
    record_event(event, person, request_id=getattr(request, "id", ""), origin=origin, **note)


@receiver(auth.user_logged_in)
def _signed_in(sender, request, user, **kwargs) -> None:
    methods = [record.get("method") for record in request.session.get("account_authentication_methods", [])]
    _record(PlatformEvent.SIGNED_IN, request, user, methods=methods)


@receiver(auth.user_logged_out)
def _signed_out(sender, request, user, **kwargs) -> None:
    if user is not None:
        _record(PlatformEvent.SIGNED_OUT, request, user)


@receiver(auth.user_login_failed)
def _failed(sender, credentials, request=None, **kwargs) -> None:
    # What was typed may be a password in the wrong field; its keyed digest still shows that it was the same again.
    typed = str(credentials.get("email") or credentials.get("username") or "").strip().lower()
    digest = salted_hmac("tenancy.audit.signins", typed, algorithm="sha256").hexdigest()[:16]
    _record(PlatformEvent.SIGN_IN_FAILED, request, None, login=digest)


@receiver([account.password_changed, account.password_set])
def _password_changed(sender, request, user, **kwargs) -> None:
    _record(PlatformEvent.PASSWORD_CHANGED, request, user)


@receiver(account.password_reset)
def _password_reset(sender, request, user, **kwargs) -> None:
    _record(PlatformEvent.PASSWORD_RESET, request, user)


@receiver(account.email_changed)
def _email_changed(sender, request, user, **kwargs) -> None:
    _record(PlatformEvent.EMAIL_CHANGED, request, user)


@receiver(mfa.authenticator_added)
def _factor_added(sender, request, user, authenticator, **kwargs) -> None:
    _record(PlatformEvent.FACTOR_ADDED, request, user, type=authenticator.type)


@receiver(mfa.authenticator_removed)
def _factor_removed(sender, request, user, authenticator, **kwargs) -> None:
    _record(PlatformEvent.FACTOR_REMOVED, request, user, type=authenticator.type)


@receiver(mfa.authenticator_reset)
def _factor_reset(sender, request, user, authenticator, **kwargs) -> None:
    _record(PlatformEvent.FACTOR_RESET, request, user, type=authenticator.type)


@receiver(mfa.authentication_failed)
def _factor_failed(sender, request, user, authenticator=None, **kwargs) -> None:
    _record(PlatformEvent.FACTOR_FAILED, request, user, type=getattr(authenticator, "type", ""))
