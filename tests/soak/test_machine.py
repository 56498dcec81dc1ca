"""The short run of the machine that draws random acts; `python -m tests.soak` is the long one."""

from __future__ import annotations

from tests.soak.machine import MACHINE_SETTINGS, RulesMachine

TestRules = RulesMachine.TestCase
TestRules.settings = MACHINE_SETTINGS
