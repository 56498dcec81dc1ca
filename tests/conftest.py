"""Settings shared by every test.

``HYPOTHESIS_PROFILE`` chooses how hard properties are tried: ``default`` draws the same few examples at
every run, ``soak`` draws many new ones.
"""

import os

from hypothesis import settings

settings.register_profile("default", derandomize=True, max_examples=50, deadline=None)
settings.register_profile("soak", max_examples=5_000, deadline=None, database=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

pytest_plugins = ("tests.databases",)
