"""What all sections of the settings have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator


class Section(BaseModel):
    """Unknown keys are refused, nothing changes later."""

    # Subtle: what was typed may be a secret. `settings_error` shows the rest of it.
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    @field_validator("*", mode="before")
    @classmethod
    def _true_is_no_number(cls, value: object, info: ValidationInfo) -> object:
        """Subtle: pydantic would take `true` for 1."""
        numeric = cls.model_fields[info.field_name or ""].annotation in (int, float)
        if isinstance(value, bool) and numeric:
            raise ValueError("a number is needed")
        return value
