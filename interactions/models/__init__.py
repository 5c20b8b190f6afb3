from interactions.models.compliance import ContactCompliance
from interactions.models.interaction import Interaction, InteractionCompanion
from interactions.models.plan import Plan, PlanChange
from interactions.models.policy import ContactPolicy
from interactions.models.rollup import CustomerContact

__all__ = [
    "ContactCompliance",
    "ContactPolicy",
    "CustomerContact",
    "Interaction",
    "InteractionCompanion",
    "Plan",
    "PlanChange",
]
