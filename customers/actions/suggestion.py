"""What somebody does not want to be told again before a day."""

from datetime import date

from customers.models import Customer, PostponedSuggestion
from customers.registry import next_best_actions
from tenancy.models import Membership


def postpone_suggestion(
    customer: Customer, rule: str, until: date, *, actor: Membership
) -> PostponedSuggestion:
    """Show this suggestion to `actor` again on `until`, and not before."""
    key = next_best_actions[rule].key
    return PostponedSuggestion.objects.update_or_create(
        customer=customer, member=actor, rule=key, defaults={"until": until}
    )[0]


def recall_suggestion(customer: Customer, rule: str, *, actor: Membership) -> None:
    """Undo: show it at once."""
    PostponedSuggestion.objects.filter(customer=customer, member=actor, rule=rule).delete()
