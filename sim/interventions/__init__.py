"""Interventions, one file per kind; the union is written out here."""

from typing import Annotated

from pydantic import Field

from sim.interventions.camp_closure import CampClosure
from sim.interventions.rent_subsidy import RentSubsidy
from sim.interventions.return_grant import ReturnGrant
from sim.interventions.transport import Transport

InterventionSpec = Annotated[CampClosure | Transport | ReturnGrant | RentSubsidy, Field(discriminator="kind")]

__all__ = ["CampClosure", "InterventionSpec", "RentSubsidy", "ReturnGrant", "Transport"]
