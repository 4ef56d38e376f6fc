"""Interventions, one file per kind; the union is written out here."""

from typing import Annotated

from pydantic import Field

from sim.interventions.aid_cut import AidCut
from sim.interventions.camp_closure import CampClosure
from sim.interventions.documents_mission import DocumentsMission
from sim.interventions.go_and_see import GoAndSee
from sim.interventions.house_repair import HeavyRepair, LightRepair
from sim.interventions.information import Information
from sim.interventions.legal_aid import LegalAid
from sim.interventions.rent_subsidy import RentSubsidy
from sim.interventions.return_grant import ReturnGrant
from sim.interventions.security_path import SecurityPath
from sim.interventions.transport import Transport

InterventionSpec = Annotated[
    CampClosure
    | Transport
    | ReturnGrant
    | RentSubsidy
    | LightRepair
    | HeavyRepair
    | GoAndSee
    | Information
    | DocumentsMission
    | LegalAid
    | SecurityPath
    | AidCut,
    Field(discriminator="kind"),
]

__all__ = [
    "AidCut",
    "CampClosure",
    "DocumentsMission",
    "GoAndSee",
    "HeavyRepair",
    "Information",
    "InterventionSpec",
    "LegalAid",
    "LightRepair",
    "RentSubsidy",
    "ReturnGrant",
    "SecurityPath",
    "Transport",
]
