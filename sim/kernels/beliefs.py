"""Beliefs about the place of origin: they follow the truth with a lag, and with noisy news."""

import math

from sim.kernels.compile import inlined

_UNIT_SD = math.sqrt(12.0)  # a uniform on (-1/2, 1/2) times this has standard deviation 1


@inlined
def beliefs_after(now, home, beliefs, luck):
    """Return next month's beliefs about security and services at origin; at home they are the truth."""
    if now.at_home:
        return home.security, home.services
    rate = min(1.0, beliefs.rate + beliefs.rate_per_share_back * home.share_back)
    news = beliefs.noise_sd * _UNIT_SD * (luck - 0.5)
    return (
        updated(now.belief_security, home.security, rate, news),
        updated(now.belief_services, home.services, rate, news),
    )


@inlined
def updated(belief, truth, rate, news):
    """Return the next belief, between 0 and 1."""
    return min(1.0, max(0.0, belief + rate * (truth - belief) + news))


@inlined
def informed(now, home, beliefs):
    """Whether both beliefs about the origin are close to the truth."""
    security_gap = abs(now.belief_security - home.security)
    services_gap = abs(now.belief_services - home.services)
    return security_gap <= beliefs.informed_within and services_gap <= beliefs.informed_within
