"""How property tests run here."""

from hypothesis import settings

# A wall-clock limit per example only tells how busy the machine is.
settings.register_profile("no-deadline", deadline=None)
settings.load_profile("no-deadline")
