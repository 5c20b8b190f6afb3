from interactions.models.interaction import Interaction, InteractionCompanion
from interactions.models.plan import Plan, PlanChange
from interactions.models.policy import ContactPolicy
from interactions.models.rollup import CustomerContact

__all__ = [
    "ContactPolicy",
    "CustomerContact",
    "Interaction",
    "InteractionCompanion",
    "Plan",
    "PlanChange",
]
