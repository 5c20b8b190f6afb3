"""Which contact details the organisation collects of a customer, and asks for."""

from django.core.exceptions import ValidationError
from django.utils.functional import Promise

from customers.fields import CONTACT, OPTIONAL
from customers.forms.policy import PolicyFields, asked_but_empty


class CustomerDetails(PolicyFields):
    """The contact details of the policy: rows beside the form, or fields of it."""

    def details_collected(self) -> list[str]:
        """The kinds of contact details that a customer may have."""
        return [kind for kind in CONTACT if not self.is_hidden(kind)]

    def required_details(self) -> list[str]:
        """The kinds of contact details that a customer must have."""
        return [kind for kind in CONTACT if self.is_required(kind)]

    def details_asked_for(self) -> list[str | Promise]:
        return [OPTIONAL[kind].label for kind in self.required_details()]

    def ask_for_details(self, given: set[str], stored: set[str]) -> None:
        """`given`: the kinds of contact details that stay or come, `stored`: those that there were."""
        for kind in self.required_details():
            if kind in given:
                continue
            words = asked_but_empty(OPTIONAL[kind].label)
            if self.instance._state.adding or kind in stored:
                self.add_error(None, ValidationError(words, code="required"))
            else:
                self.warnings.append(words)
