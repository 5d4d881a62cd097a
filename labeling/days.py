"""A day in a request."""

from datetime import date
from typing import Any

from rest_framework import serializers

FIRST, LAST = date(1900, 1, 1), date(2999, 12, 31)


class DayField(serializers.DateField):
    """A day that can be reckoned with: those at the ends of the calendar have no week after, and no other time zone."""

    default_error_messages = {"far": f"A day from {FIRST} to {LAST}."}

    def to_internal_value(self, value: Any) -> date:
        day = super().to_internal_value(value)
        if not FIRST <= day <= LAST:
            self.fail("far")
        return day
